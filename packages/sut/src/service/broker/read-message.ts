import type { z } from 'zod';

export type ReadMessage<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Reads a message's JSON against its schema. What does not fit will not fit the next time either. */
export function readMessage<Schema extends z.ZodType>(
  schema: Schema,
  content: Buffer,
): ReadMessage<z.infer<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    return { kind: 'malformed', reason: 'not JSON' };
  }
  const result = schema.safeParse(value);
  if (result.success) return { kind: 'read', value: result.data };
  const reason = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  return { kind: 'malformed', reason };
}
