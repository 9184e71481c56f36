import { z } from 'zod';

/** What a burden process is told to lay. */
export const burdenOrder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cpu'), share: z.number().gt(0).max(1) }),
  z.strictObject({ kind: z.literal('memory'), bytes: z.int().min(1) }),
  z.strictObject({ kind: z.literal('disk'), file: z.string(), bytes: z.int().min(1) }),
  z.strictObject({
    kind: z.literal('descriptors'),
    pid: z.int().min(2),
    identity: z.string(),
    /** The limit while the burden lies, and the one to leave behind. */
    soft: z.int().min(0),
    usualSoft: z.int().min(0),
  }),
]);

export type BurdenOrder = z.infer<typeof burdenOrder>;

/** The one line that a burden process reads. What follows it is the end of the pipe, which is the burden's end. */
export const burdenCommand = z.strictObject({
  order: burdenOrder,
  /** It ends by itself at this time of the machine's monotonic clock. */
  untilMs: z.number(),
});

/** What a burden process says, a line each: that it is there, that it lies, and how much it was at the end. */
export const burdenReport = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('laid'), amount: z.number() }),
  z.strictObject({ kind: z.literal('lifted'), amount: z.number() }),
  z.strictObject({ kind: z.literal('failed'), message: z.string() }),
]);

export type BurdenReport = z.infer<typeof burdenReport>;

/** Something that weighs for as long as its process lives. */
export interface Burden {
  /** How much it is or was: CPU milliseconds, bytes. */
  amount(): number;
  /** What the end of the process does not end by itself. */
  lift(): Promise<void>;
}

/** Lays it and resolves once it has its full weight. Aborted: stop laying it, its process ends. */
export type LayBurden<Kind extends BurdenOrder['kind']> = (
  order: Extract<BurdenOrder, { kind: Kind }>,
  signal: AbortSignal,
) => Promise<Burden>;
