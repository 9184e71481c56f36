import type { FailureKind } from '@stormcart/core';
import type { SteeringChange } from '../load/steering.ts';
import type { ShareProgress } from './run-share.ts';
import type { ShareResult } from './share-result.ts';
import type { ShareTask } from './share-task.ts';

/** To a driver process, in this order; `stop` at any time. Both sides are of one checkout, so nothing is checked again. */
export type ToShareProcess =
  | { readonly kind: 'task'; readonly task: ShareTask }
  /** `zeroMs`: on the clock of this machine, which all its processes share. */
  | { readonly kind: 'begin'; readonly zeroMs: number }
  /** All changes of the rate so far. */
  | { readonly kind: 'steer'; readonly changes: readonly SteeringChange[] }
  /** So many bytes of batches have reached those who measure. */
  | { readonly kind: 'taken'; readonly byteCount: number }
  | { readonly kind: 'stop' };

/** From a driver process; the last is either `done` or `failed`. */
export type FromShareProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: ShareProgress }
  | { readonly kind: 'batch'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly result: ShareResult }
  | {
      readonly kind: 'failed';
      readonly error: {
        readonly kind: FailureKind;
        readonly code: string;
        readonly message: string;
        readonly hint?: string;
      };
    };
