import { z } from 'zod';
import { shareError } from './share-error.ts';

/** What came from another process or machine, checked. Throws BAD_SHARE; `what` names it: `the task of a share`. */
export function parseWire<Value>(schema: z.ZodType<Value>, what: string, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw shareError({
    kind: 'internal',
    code: 'BAD_SHARE',
    message: `${what} cannot be understood: ${z.prettifyError(parsed.error)}`,
    hint: 'Is the same version of Stormcart running on both sides?',
  });
}
