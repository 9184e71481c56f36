import type { AppError } from '@stormcart/core';
import type { ShareResult } from './share-result.ts';

/** How a share ended. */
export type ShareOutcome =
  | { readonly kind: 'done'; readonly name: string; readonly result: ShareResult }
  /** Whoever had it is gone, or never answered: nobody knows what became of its requests. */
  | { readonly kind: 'lost'; readonly name: string; readonly reason: string }
  /** It could not be run as it was asked for. */
  | { readonly kind: 'failed'; readonly name: string; readonly error: AppError };
