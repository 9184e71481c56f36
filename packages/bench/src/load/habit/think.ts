import { type Clock, createRandom, type Random, type Reply, type Visit } from '@stormcart/core';

/** How long customers think between two requests. */
export type Think =
  /** Anything between two lengths, all alike. */
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** Mostly short, now and then long; what would be longer than the limit takes as long as the limit. */
  | { readonly kind: 'exponential'; readonly meanMs: number; readonly maxMs: number };

export function drawThink(think: Think, random: Random): number {
  return think.kind === 'uniform'
    ? think.minMs + random.next() * (think.maxMs - think.minMs)
    : Math.min(think.maxMs, random.exponential(think.meanMs));
}

export interface ThinkingOptions {
  readonly think: Think;
  readonly seed: number | string;
  readonly clock: Clock;
  /** Aborted when the run is over. */
  readonly signal: AbortSignal;
}

/**
 * The same visit of somebody who thinks before each request but the first. Who has paused since the last request has
 * thought already (a program that asks again does so in its own time), and requests that are sent at once, or while
 * another is under way, wait for one thought together. How long depends on seed and arrival alone, so that the
 * journey's own choices stay the same.
 */
export function withThinking(visit: Visit, { think, seed, clock, signal }: ThinkingOptions): Visit {
  let random: Random | undefined;
  let hasThought = true;
  let underWay = 0;
  let thinking: Promise<void> | undefined;

  const send = async (spec: Parameters<Visit['request']>[0]): Promise<Reply> => {
    hasThought = false;
    underWay += 1;
    try {
      return await visit.request(spec);
    } finally {
      underWay -= 1;
    }
  };
  const thinkOnce = async (): Promise<void> => {
    random ??= createRandom(`${seed}/think/${visit.arrival}`);
    try {
      await clock.sleep(drawThink(think, random), signal);
    } finally {
      thinking = undefined;
    }
  };
  return {
    arrival: visit.arrival,
    get random() {
      return visit.random;
    },
    choosePopular: (count) => visit.choosePopular(count),
    request: async (spec) => {
      if (thinking === undefined && !hasThought && underWay === 0) thinking = thinkOnce();
      await thinking;
      return await send(spec);
    },
    pause: async (ms) => {
      await visit.pause(ms);
      hasThought = true;
    },
  };
}
