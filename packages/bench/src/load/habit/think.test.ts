import { createRandom, ManualClock, type Reply, type RequestSpec, type Visit } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawThink, type Think, withThinking } from './think.ts';

const OK: Reply = { outcome: 'ok', status: 200, headers: {}, body: undefined };
const THINK: Think = { kind: 'uniform', minMs: 1_000, maxMs: 3_000 };

/** A visit to a server that answers after `answerMs`, and when each request was sent. */
function thinkingVisit(seed = 1, answerMs = 0) {
  const clock = new ManualClock();
  const signal = new AbortController();
  const sentMs: number[] = [];
  const random = createRandom(seed);
  const plain: Visit = {
    arrival: 3,
    random,
    choosePopular: () => 1,
    request: async () => {
      sentMs.push(clock.now());
      if (answerMs > 0) await clock.sleep(answerMs, signal.signal);
      return OK;
    },
    pause: (ms) => clock.sleep(ms, signal.signal),
  };
  const visit = withThinking(plain, { think: THINK, seed, clock, signal: signal.signal });
  return { visit, clock, sentMs, random, end: () => signal.abort(new Error('the load is over')) };
}

const SPEC: RequestSpec = { route: 'page', method: 'GET', path: '/', expect: () => true };

/** Lets the clock run until the work has ended. */
async function during<Value>(clock: ManualClock, work: Promise<Value>): Promise<Value> {
  for (let step = 0; step < 200; step += 1) await clock.advance(100);
  return await work;
}

describe('how long customers think', () => {
  it('lies between the ends, with its mean in the middle', () => {
    const random = createRandom(1);
    const draws = Array.from({ length: 20_000 }, () => drawThink(THINK, random));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...draws)).toBeLessThanOrEqual(3_000);
    expect(draws.reduce((sum, ms) => sum + ms, 0) / draws.length).toBeCloseTo(2_000, -2);
  });

  it('is never longer than the limit, and as long as the limit for the share that would be longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), fc.integer({ min: 1, max: 4 }), (seed, means) => {
        const random = createRandom(seed);
        const think: Think = { kind: 'exponential', meanMs: 700, maxMs: 700 * means };
        const draws = Array.from({ length: 2_000 }, () => drawThink(think, random));
        const cut = draws.filter((ms) => ms === think.maxMs).length;
        const expected = 2_000 * Math.exp(-means);
        expect(Math.max(...draws)).toBeLessThanOrEqual(think.maxMs);
        expect(Math.abs(cut - expected)).toBeLessThanOrEqual(6 * Math.sqrt(expected) + 1);
      }),
      { numRuns: 50 },
    );
  });
});

describe('who thinks', () => {
  it('sends the first request at once, and each later one after a thought', async () => {
    const { visit, clock, sentMs } = thinkingVisit();
    await during(
      clock,
      (async () => {
        for (let step = 0; step < 4; step += 1) await visit.request(SPEC);
      })(),
    );
    const [first, ...gaps] = sentMs.map((ms, index) => ms - (sentMs[index - 1] ?? 0));
    expect(first).toBe(0);
    expect(gaps).toHaveLength(3);
    // The clock moves on by 100 ms.
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(900);
      expect(gap).toBeLessThanOrEqual(3_100);
    }
    expect(new Set(gaps).size).toBeGreaterThan(1);
  });

  it('sends at once after a pause of the journey', async () => {
    const { visit, clock, sentMs } = thinkingVisit();
    await during(
      clock,
      (async () => {
        await visit.request(SPEC);
        await visit.pause(100);
        await visit.request(SPEC);
      })(),
    );
    expect(sentMs).toEqual([0, 100]);
  });

  it('thinks once before requests that are sent together', async () => {
    const { visit, clock, sentMs } = thinkingVisit(1, 50);
    await during(
      clock,
      (async () => {
        await visit.request(SPEC);
        await Promise.all([visit.request(SPEC), visit.request(SPEC), visit.request(SPEC)]);
      })(),
    );
    const [, second, ...rest] = sentMs;
    expect(second).toBeGreaterThanOrEqual(1_000);
    expect(rest).toEqual([second, second]);
  });

  it('stops thinking when the drill is over', async () => {
    const { visit, clock, end } = thinkingVisit();
    await visit.request(SPEC);
    const late = visit.request(SPEC);
    await clock.advance(10);
    end();
    await expect(late).rejects.toThrow('the load is over');
  });

  it("leaves the journey's own choices as they are", async () => {
    const { visit, clock, random } = thinkingVisit(9);
    await during(
      clock,
      (async () => {
        await visit.request(SPEC);
        await visit.request(SPEC);
      })(),
    );
    expect(random.next()).toBe(createRandom(9).next());
  });
});
