import { z } from 'zod';
import { shareResultSchema } from '../share/share-result.ts';
import { agentError } from './agent-error.ts';

const name = z.string().min(1).max(100);

/** What whoever shares out says to all agents of a run. When it is no longer there, he is gone. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('wait') }),
  z.strictObject({
    kind: z.literal('start'),
    /** Redis time, ms since 1970. */
    atMs: z.number().positive(),
    /** All changes of the rate so far, in ms since the start. */
    changes: z.array(z.strictObject({ atMs: z.number(), factor: z.number().nonnegative() })),
  }),
  z.strictObject({ kind: z.literal('over') }),
]);

export type Order = z.infer<typeof orderSchema>;

/** What an agent says of its share, twice a second: without it for a while, the agent is lost. */
export const newsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), name, uncertaintyMs: z.number().nonnegative() }),
  z.strictObject({
    kind: z.literal('running'),
    name,
    atMs: z.number(),
    answers: z.int().nonnegative(),
    ok: z.int().nonnegative(),
    inFlight: z.int().nonnegative().exactOptional(),
    slipMsP99: z.number().nonnegative().exactOptional(),
  }),
]);

export type News = z.infer<typeof newsSchema>;

const text = z.string().max(10_000);

/** The last that an agent says of its share. */
export const finalSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done'), name, result: shareResultSchema }),
  z.strictObject({ kind: z.literal('lost'), name, reason: text }),
  z.strictObject({
    kind: z.literal('failed'),
    name,
    error: z.strictObject({
      kind: z.enum(['usage', 'environment', 'internal']),
      code: text,
      message: text,
      hint: text.optional(),
    }),
  }),
]);

export type Final = z.infer<typeof finalSchema>;

/** Throws BAD_MESSAGE. */
export function parseMessage<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw agentError({
    kind: 'environment',
    code: 'BAD_MESSAGE',
    message: `a message in Redis cannot be understood: ${z.prettifyError(parsed.error)}`,
    hint: 'Is the same version of Stormcart running on all machines?',
  });
}
