import { z } from 'zod';
import { type UndoLimits, usualUndoLimits } from '../undo/undo-all.ts';

/** How long things may take between a controller and its watchdog, in milliseconds. */
export interface WatchdogLimits {
  /** The controller sends a sign of life this often. */
  readonly beatEveryMs: number;
  /** The watchdog looks at everything this often. */
  readonly lookEveryMs: number;
  /** One that was silent for this long stands still. */
  readonly silenceMs: number;
  /** What its controller has not ended this long after its lease is ended for it. */
  readonly graceMs: number;
  /** What could not be undone while the controller lives is tried again after this long. */
  readonly retryEveryMs: number;
  readonly undo: UndoLimits;
}

/**
 * A dead controller is noticed at once, by the end of its pipe. Silence only tells of one that was stopped or is
 * starved: after 5 s of it its load generator has declared its own figures worthless, so no verdict is lost to a fault
 * that ends early. Reverting takes a controller milliseconds, and tens of them where a store is asked.
 */
export const usualWatchdogLimits: WatchdogLimits = {
  beatEveryMs: 500,
  lookEveryMs: 250,
  silenceMs: 5_000,
  graceMs: 5_000,
  retryEveryMs: 10_000,
  undo: usualUndoLimits,
};

/** What the watchdog is started with, as JSON on its command line. */
export interface WatchdogOrder {
  readonly journalFile: string;
  readonly limits: WatchdogLimits;
}

/** One line from the controller. */
export type ControllerWord =
  /** Answered with `watching`. */
  | { readonly kind: 'beat' }
  /** The controller has ended everything it could and goes in order. */
  | { readonly kind: 'dismiss' };

const endings = ['lease', 'frozen', 'dead', 'dismissed'] as const;

/** Why the watchdog took something in hand. */
export type EndingReason = (typeof endings)[number];

const wordSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('watching') }),
  z.strictObject({
    kind: z.literal('undid'),
    entry: z.int(),
    fault: z.string(),
    about: z.string(),
    why: z.enum(endings),
    /** Why it may still be there; absent: it is gone. */
    problem: z.string().optional(),
  }),
]);

/** One line from the watchdog. */
export type WatchdogWord = Readonly<z.infer<typeof wordSchema>>;

/** What it undid, or could not. */
export type UndoneWord = Extract<WatchdogWord, { readonly kind: 'undid' }>;

/** Undefined for a line that is none: the half one of a watchdog that was killed while it wrote. */
export function parseWatchdogWord(line: string): WatchdogWord | undefined {
  try {
    return wordSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Undefined for anything else. */
export function parseControllerWord(line: string): ControllerWord | undefined {
  switch (line) {
    case '{"kind":"beat"}':
      return { kind: 'beat' };
    case '{"kind":"dismiss"}':
      return { kind: 'dismiss' };
    default:
      return undefined;
  }
}
