import { AppError } from '@stormcart/core';

/** What the outside world of the shop can fail with. */
type WorldErrorCode =
  /** The payment provider's port is taken or was refused. */
  | 'payment-provider-not-listening'
  /** A row of the shop does not have the promised shape. */
  | 'snapshot-row-unreadable'
  /** What a share of the load tells is not what this version tells. */
  | 'share-news-unreadable'
  /** A table holds more rows than an audit is made for. */
  | 'snapshot-too-large';

export const worldError = (options: {
  readonly code: WorldErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}): AppError<WorldErrorCode> => new AppError({ kind: 'environment', ...options });
