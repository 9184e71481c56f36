import { type Clock, systemClock } from '@stormcart/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPolicy } from './create-policy.ts';
import { deadlineIn, withinDeadline } from './deadline.ts';
import { type PolicyFigures, policyFigures } from './figures.ts';
import type { Policy } from './policy.ts';

const figures: PolicyFigures = { ...policyFigures.cache, underWayMax: 10 };
const works = (): Promise<string> => Promise.resolve('ok');
const hangs = (): Promise<never> => new Promise(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_700_000_000_000);
});
afterEach(() => {
  vi.useRealTimers();
});

/** The faked timers that the libraries see. */
const fakedClock: Clock = { ...systemClock, now: () => Date.now() };

it('without a policy are left at the deadline too, and without one of those not at all', async () => {
  const policy = createPolicy('none', 'catalog.redis', figures);
  const left = withinDeadline(deadlineIn(20, fakedClock), () => policy.execute(hangs));
  const outcome = expect(left).rejects.toMatchObject({ code: 'DEADLINE_PASSED' });
  await vi.advanceTimersByTimeAsync(20);
  await outcome;
  expect(await policy.execute(works)).toBe('ok');
});

describe.each(['opossum', 'cockatiel'] as const)('calls under %s', (kind) => {
  let policy: Policy;
  beforeEach(() => {
    policy = createPolicy(kind, 'catalog.redis', figures);
  });
  afterEach(() => policy.close());

  it('turn away what exceeds their bound without holding it against the dependency', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<string>();
    const calls = Array.from({ length: figures.underWayMax }, () => policy.execute(() => promise));
    for (let burst = 0; burst < 100; burst += 1) {
      await expect(policy.execute(works)).rejects.toMatchObject({ code: 'CALLS_FULL' });
    }
    expect(policy.observe()).toMatchObject({ state: 'closed', overflowCount: 100, refusedCount: 0 });
    finish('ok');
    await Promise.all(calls);
    expect(await policy.execute(works)).toBe('ok');
  });

  it('keep their place until the action has ended, though the caller left at the timeout', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<string>();
    // Half of the calls work, so that the breaker stays closed.
    for (let call = 0; call < 2 * figures.underWayMax; call += 1) await policy.execute(works);
    const calls = Array.from({ length: figures.underWayMax }, () =>
      policy.execute(() => promise).catch((error: unknown) => error),
    );
    await vi.advanceTimersByTimeAsync(figures.timeoutMs);
    expect(await Promise.all(calls)).toEqual(
      calls.map(() => expect.objectContaining({ code: 'CALL_TIMED_OUT' })),
    );
    expect(policy.observe()).toMatchObject({ state: 'closed', wastedCount: figures.underWayMax });
    await expect(policy.execute(works)).rejects.toMatchObject({ code: 'CALLS_FULL' });
    finish('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(await policy.execute(works)).toBe('ok');
  });

  it('are not begun once the deadline has passed', async () => {
    let isBegun = false;
    const call = withinDeadline(deadlineIn(0, fakedClock), () =>
      policy.execute(() => {
        isBegun = true;
        return works();
      }),
    );
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_PASSED' });
    expect(isBegun).toBe(false);
  });

  it('are left at the deadline, which says nothing about the dependency', async () => {
    const calls = Array.from({ length: figures.callsMin }, async () => {
      const { promise, resolve: finish } = Promise.withResolvers<string>();
      setTimeout(() => finish('ok'), figures.timeoutMs - 1);
      const left = withinDeadline(deadlineIn(20, fakedClock), () => policy.execute(() => promise));
      await expect(left).rejects.toMatchObject({ code: 'DEADLINE_PASSED' });
    });
    await vi.advanceTimersByTimeAsync(figures.timeoutMs * 2);
    await Promise.all(calls);
    expect(policy.observe()).toMatchObject({ state: 'closed', wastedCount: figures.callsMin });
  });

  it('refuse everybody at once while one call tries, however many come', async () => {
    for (let index = 0; index < figures.callsMin; index += 1) {
      await policy.execute(() => Promise.reject(new Error('down'))).catch(() => undefined);
    }
    await vi.advanceTimersByTimeAsync(figures.openMs);
    void policy.execute(hangs).catch(() => undefined);
    const crowd = Array.from({ length: 1_000 }, () =>
      policy.execute(works).catch((error: unknown) => (error as { readonly code: string }).code),
    );
    expect(new Set(await Promise.all(crowd))).toEqual(new Set(['BREAKER_OPEN']));
  });
});
