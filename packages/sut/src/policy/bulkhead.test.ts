import { ManualClock } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBulkhead } from './bulkhead.ts';
import { deadlineIn, withinDeadline } from './deadline.ts';

const figures = { runningMax: 2, waitingMax: 2, waitMs: 500 };

function held(): { readonly action: () => Promise<string>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { action: () => promise, end: () => resolve('done') };
}

const never = (): Promise<never> => new Promise(() => undefined);

describe('the bulkhead', () => {
  it('runs so many at once, keeps so many waiting and turns the next away', async () => {
    const bulkhead = createBulkhead('search', figures, new ManualClock());
    for (let call = 0; call < 4; call += 1) void bulkhead.pass(never);
    expect(await bulkhead.pass(never)).toEqual({ kind: 'full' });
    expect(bulkhead.observe()).toEqual({ running: 2, waiting: 2, refusedCount: 1 });
  });

  it('gives a free place to who waited longest', async () => {
    const bulkhead = createBulkhead('search', { ...figures, runningMax: 1 }, new ManualClock());
    const first = held();
    void bulkhead.pass(first.action);
    const order: string[] = [];
    const waiters = ['second', 'third'].map((name) =>
      bulkhead.pass(() => {
        order.push(name);
        return Promise.resolve();
      }),
    );
    first.end();
    await Promise.all(waiters);
    expect(order).toEqual(['second', 'third']);
    expect(bulkhead.observe()).toEqual({ running: 0, waiting: 0, refusedCount: 0 });
  });

  it('turns away who waited too long, without beginning the work', async () => {
    const clock = new ManualClock();
    const bulkhead = createBulkhead('search', { ...figures, runningMax: 1 }, clock);
    const first = held();
    const passed = bulkhead.pass(first.action);
    let isBegun = false;
    const late = bulkhead.pass(() => {
      isBegun = true;
      return Promise.resolve();
    });
    await clock.advance(figures.waitMs);
    expect(await late).toEqual({ kind: 'full' });
    first.end();
    expect(await passed).toEqual({ kind: 'passed', result: 'done' });
    expect(isBegun).toBe(false);
    expect(bulkhead.observe()).toEqual({ running: 0, waiting: 0, refusedCount: 1 });
  });

  it('lets nobody wait past the deadline', async () => {
    const clock = new ManualClock();
    const bulkhead = createBulkhead('search', { ...figures, runningMax: 1 }, clock);
    void bulkhead.pass(never);
    const late = withinDeadline(deadlineIn(50, clock), () => bulkhead.pass(never));
    await clock.advance(50);
    expect(await late).toEqual({ kind: 'full' });
  });

  it('frees the place of work that failed', async () => {
    const bulkhead = createBulkhead('search', figures, new ManualClock());
    await expect(bulkhead.pass(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(bulkhead.observe().running).toBe(0);
  });

  it('never runs or queues more than its figures, and loses nobody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 800 }), { maxLength: 30 }), async (durations) => {
        const clock = new ManualClock();
        const bulkhead = createBulkhead('search', figures, clock);
        let runningMost = 0;
        let running = 0;
        const passages = durations.map((ms) =>
          bulkhead.pass(async () => {
            running += 1;
            runningMost = Math.max(runningMost, running);
            await clock.sleep(ms);
            running -= 1;
          }),
        );
        expect(bulkhead.observe().waiting).toBeLessThanOrEqual(figures.waitingMax);
        await clock.advance(10_000);
        expect((await Promise.all(passages)).length).toBe(durations.length);
        expect(runningMost).toBeLessThanOrEqual(figures.runningMax);
        expect(bulkhead.observe()).toMatchObject({ running: 0, waiting: 0 });
      }),
      { numRuns: 50 },
    );
  });
});
