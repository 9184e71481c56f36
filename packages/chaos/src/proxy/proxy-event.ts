import type { HttpFaultEvent } from '../http-fault/http-fault-set.ts';
import type { ActiveToxic } from './active-toxic.ts';

/** Why a toxic is over. */
export type ToxicEnd = 'removed' | 'expired' | 'reset' | 'closed';

/** Something that happened to a proxy, for the log. */
export type ProxyEvent =
  | HttpFaultEvent
  | {
      readonly kind: 'proxyAdded';
      readonly proxy: string;
      readonly listen: string;
      readonly upstream: string;
    }
  | {
      readonly kind: 'proxyRemoved';
      readonly proxy: string;
      readonly why: 'removed' | 'replaced' | 'expired' | 'closed';
    }
  | {
      readonly kind: 'proxyChanged';
      readonly proxy: string;
      readonly listen: string;
      readonly upstream: string;
      readonly enabled: boolean;
      readonly why: 'asked' | 'expired' | 'reset';
    }
  | { readonly kind: 'toxicAdded' | 'toxicChanged'; readonly proxy: string; readonly toxic: string }
  | {
      readonly kind: 'toxicEnded';
      readonly proxy: string;
      readonly toxic: string;
      readonly why: ToxicEnd;
      readonly hits: ActiveToxic['hits'];
    };
