import { ZodError } from 'zod';
import { ChaosError, type ChaosErrorCode } from '../chaos-error.ts';

/** Messages that Toxiproxy's clients match. */
const messages = {
  PROXY_EXISTS: 'proxy already exists',
  PROXY_NOT_FOUND: 'proxy not found',
  TOXIC_EXISTS: 'toxic already exists',
  TOXIC_NOT_FOUND: 'toxic not found',
  BAD_STREAM: 'stream was invalid, can be either upstream or downstream',
  BAD_TOXIC_TYPE: 'invalid toxic type',
} as const satisfies Partial<Record<ChaosErrorCode, string>>;

/** What cannot be done as it was asked for. */
export function refuse(code: keyof typeof messages): ChaosError {
  return new ChaosError({ kind: 'usage', code, message: messages[code] });
}

export function missingField(what: string): ChaosError {
  return badRequest(`missing required field: ${what}`);
}

export function badBody(why: string): ChaosError {
  return badRequest(`bad request body: ${why}`);
}

export function badRequest(message: string): ChaosError {
  return new ChaosError({ kind: 'usage', code: 'BAD_REQUEST', message });
}

/** What `parse` returns; its `ZodError` becomes a refusal that names each field, `prefix` before it. */
export function parsed<Result>(parse: () => Result, prefix: readonly string[] = []): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const told = error.issues.map(({ path, message }) => {
      const field = [...prefix, ...path].join('.');
      return field === '' ? message : `${field}: ${message}`;
    });
    throw badBody(told.join('; '));
  }
}
