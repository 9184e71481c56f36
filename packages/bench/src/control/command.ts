import { z } from 'zod';

/** The least and the most that the planned rate can be multiplied by: beyond, it is another scenario. */
export const FACTOR_MIN = 0.1;
export const FACTOR_MAX = 10;

/** What a body of `POST /v1/commands` may ask for. */
export const commandFormat = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('inject'),
    /** An entry of a scenario's `faults:` without `at`; `id` may be left out: `{for: 5s, link: "*->redis", toxic: timeout}`. */
    fault: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({ do: z.literal('clear'), id: z.string().min(1).max(100) }),
  z.strictObject({ do: z.literal('clearAll') }),
  z.strictObject({ do: z.literal('pause') }),
  z.strictObject({ do: z.literal('resume') }),
  z.strictObject({ do: z.literal('rate'), factor: z.number().min(FACTOR_MIN).max(FACTOR_MAX) }),
  z.strictObject({ do: z.literal('kill'), process: z.string().min(1).max(100) }),
  z.strictObject({ do: z.literal('abort') }),
]);

export type Command = z.infer<typeof commandFormat>;

/** Answer to a command that was taken. */
export interface CommandAnswer {
  /** What was done, one sentence. */
  readonly text: string;
  /** Of an injected fault. */
  readonly id?: string;
}
