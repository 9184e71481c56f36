import { type Repetition, repeat } from './repeat.ts';

/** Finds out how often a fault was felt, from what the store itself tells. */
export interface Tally {
  /** Before anything is broken. */
  begin(signal: AbortSignal): Promise<void>;
  /** Before it is mended; may be asked again. Never rejects: a store that is away tells nothing. */
  end(signal: AbortSignal): Promise<number>;
}

/** A store that is asked answers within milliseconds; a frozen one must not hold up the end of a fault. */
const ANSWER_MS_MAX = 1_000;

function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
}

/** By how much a counter of the server has grown. One that has restarted counts anew: what it forgot is not counted. */
export function countGrowth(read: (signal: AbortSignal) => Promise<number>): Tally {
  let before: number | undefined;
  let grown = 0;
  return {
    begin: async (signal) => {
      before = await read(signal);
    },
    end: async (signal) => {
      const now = before === undefined ? undefined : await read(soon(signal)).catch(() => undefined);
      if (now !== undefined && before !== undefined) grown = Math.max(grown, now - before);
      return grown;
    },
  };
}

/**
 * How many different things were seen in a state, looking every so often and once more at the end. Each is counted when
 * it was not there at the look before; what comes and goes in between is missed.
 */
export function countSightings(
  everyMs: number,
  look: (signal: AbortSignal) => Promise<readonly string[]>,
): Tally {
  let seen = 0;
  let last: ReadonlySet<string> = new Set();
  let looking: Repetition | undefined;
  const lookOnce = async (signal: AbortSignal): Promise<void> => {
    const found = new Set(await look(soon(signal)));
    for (const one of found) if (!last.has(one)) seen += 1;
    last = found;
  };
  return {
    begin: async () => {
      looking = repeat(everyMs, lookOnce);
    },
    end: async (signal) => {
      await looking?.stop();
      if (looking !== undefined) await lookOnce(signal).catch(() => undefined);
      return seen;
    },
  };
}
