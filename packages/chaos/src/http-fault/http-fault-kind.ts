import type { Attribute, AttributeValues, Random } from '@stormcart/core';
import type { FaultKind } from '../fault/attribute.ts';
import { requestAttributes } from './request-attributes.ts';

/** How a client is left without the rest of an answer: told of the end (FIN), or cut off (RST). */
export type Ending = 'close' | 'reset';

/** What a fault does to one request and its answer. It only decides: the exchange carries it out. */
export type HttpEffect =
  /** The request, or its answer, is held back for this long. */
  | { readonly kind: 'hold'; readonly part: 'request' | 'answer'; readonly ms: number }
  /**
   * The proxy answers itself. A delivered request reaches the server first, which carries it out and answers in
   * vain; any other never leaves the proxy.
   */
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** In seconds; undefined: the client is not told when to come back. */
      readonly retryAfterS: number | undefined;
      readonly isDelivered: boolean;
    }
  /** Another body under the server's own head. */
  | { readonly kind: 'replaceBody'; readonly body: Buffer }
  /** This share of the body comes, then the connection ends. */
  | { readonly kind: 'cutBody'; readonly keep: number }
  /** The server carries the request out and answers, and the client sees nothing but the end of the connection. */
  | { readonly kind: 'swallow'; readonly ending: Ending };

type ValueOf<Setting extends Attribute> = Setting extends { readonly accepted: readonly (infer Word)[] }
  ? Word
  : Setting extends { readonly kind: 'text' }
    ? string
    : number;

/** The values of some attributes: words as their literal types, the rest as strings and numbers. */
type ValuesOf<Attributes extends Readonly<Record<string, Attribute>>> = {
  readonly [Name in keyof Attributes]: ValueOf<Attributes[Name]>;
};

/** One kind of fault on HTTP: what may be said about it, and what it does to a request that it meets. */
export interface HttpFaultKind extends FaultKind {
  /** `values` are complete. Called once for each request that is met; the same seed gives the same `random`. */
  effect(values: AttributeValues, random: Random): HttpEffect;
}

/** Ties a kind's own attributes to what it does, so that `effect` sees typed values. */
export function defineHttpFault<const Own extends Readonly<Record<string, Attribute>>>(kind: {
  readonly about: string;
  readonly attributes: Own;
  readonly effect: (values: ValuesOf<Own>, random: Random) => HttpEffect;
}): HttpFaultKind & { readonly attributes: Own & typeof requestAttributes } {
  return {
    about: kind.about,
    attributes: { ...kind.attributes, ...requestAttributes },
    // The table's user has completed and checked them against these very attributes.
    effect: (values, random) => kind.effect(values as ValuesOf<Own>, random),
  };
}
