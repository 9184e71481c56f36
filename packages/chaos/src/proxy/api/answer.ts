import { AppError, messageOf } from '@stormcart/core';
import type { ChaosErrorCode } from '../../chaos-error.ts';

/** What the API answers with. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'json'; readonly value: unknown }
    | { readonly kind: 'text'; readonly text: string; readonly type: string };
}

export const noContent: ApiAnswer = { status: 204, body: { kind: 'none' } };

export function json(value: unknown, status = 200): ApiAnswer {
  return { status, body: { kind: 'json', value } };
}

/** Toxiproxy's shape of an error. */
export function failure(status: number, error: string): ApiAnswer {
  return json({ error, status }, status);
}

/** Every refusal that is not a bad request. */
const statuses: Readonly<Partial<Record<ChaosErrorCode, number>>> = {
  PROXY_NOT_FOUND: 404,
  TOXIC_NOT_FOUND: 404,
  PROXY_EXISTS: 409,
  TOXIC_EXISTS: 409,
};

/** The status of what was thrown: what the machine refuses is 500, as in Toxiproxy. */
export function statusOf(error: unknown): number {
  if (!(error instanceof AppError) || error.kind !== 'usage') return 500;
  return statuses[error.code as ChaosErrorCode] ?? 400;
}

export function failureOf(error: unknown): ApiAnswer {
  return failure(statusOf(error), messageOf(error));
}
