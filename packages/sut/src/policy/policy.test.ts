import { setTimeout as realSleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPolicy } from './create-policy.ts';
import { type PolicyFigures, policyFigures } from './figures.ts';
import type { Policy } from './policy.ts';

const figures: PolicyFigures = policyFigures.cache;
const works = (): Promise<string> => Promise.resolve('ok');
const fails = (): Promise<never> => Promise.reject(new Error('down'));
const hangs = (): Promise<never> => new Promise(() => undefined);

// Both libraries read Date.now and set timers themselves: the test moves those.
beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_700_000_000_000);
});
afterEach(() => {
  vi.useRealTimers();
});

async function failTimes(policy: Policy, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await policy.execute(fails).catch(() => undefined);
}

describe.each(['opossum', 'cockatiel'] as const)('the policy %s', (kind) => {
  let policy: Policy;
  beforeEach(() => {
    policy = createPolicy(kind, 'catalog.redis', figures);
  });
  afterEach(() => policy.close());

  it('passes results and errors on', async () => {
    expect(await policy.execute(works)).toBe('ok');
    await expect(policy.execute(fails)).rejects.toThrow('down');
    expect(policy.observe()).toEqual({
      state: 'closed',
      openedCount: 0,
      halfOpenedCount: 0,
      closedCount: 0,
      refusedCount: 0,
      wastedCount: 0,
      overflowCount: 0,
    });
  });

  it('gives up after the timeout and aborts the action', async () => {
    let signal: AbortSignal | undefined;
    const call = policy.execute((given) => {
      signal = given;
      return hangs();
    });
    const outcome = expect(call).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' });
    await vi.advanceTimersByTimeAsync(figures.timeoutMs - 1);
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await outcome;
    expect(signal?.aborted).toBe(true);
  });

  it('aborts only the call that was late', async () => {
    const late = policy.execute(hangs).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(figures.timeoutMs - 1);
    let signal: AbortSignal | undefined;
    const other = policy.execute((given) => {
      signal = given;
      return hangs();
    });
    other.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(1);
    await late;
    expect(signal?.aborted).toBe(false);
  });

  it('opens when too large a share of enough calls failed, and then refuses without trying', async () => {
    await failTimes(policy, figures.callsMin - 1);
    expect(policy.observe()?.state).toBe('closed');
    await failTimes(policy, 1);
    expect(policy.observe()).toMatchObject({ state: 'open', openedCount: 1 });
    let isTried = false;
    const refused = policy.execute(() => {
      isTried = true;
      return works();
    });
    await expect(refused).rejects.toMatchObject({ code: 'BREAKER_OPEN' });
    expect(isTried).toBe(false);
    expect(policy.observe()?.refusedCount).toBe(1);
  });

  it('stays closed while the smaller share fails', async () => {
    for (let round = 0; round < 20; round += 1) {
      await policy.execute(works);
      await policy.execute(works);
      await failTimes(policy, 1);
    }
    expect(policy.observe()?.state).toBe('closed');
  });

  it('lets one call try after a while, refuses the others meanwhile, and closes when it works', async () => {
    await failTimes(policy, figures.callsMin);
    await vi.advanceTimersByTimeAsync(figures.openMs);
    const { promise, resolve: finish } = Promise.withResolvers<string>();
    const probe = policy.execute(() => promise);
    expect(policy.observe()?.state).toBe('halfOpen');
    await expect(policy.execute(works)).rejects.toMatchObject({ code: 'BREAKER_OPEN' });
    finish('ok');
    expect(await probe).toBe('ok');
    expect(policy.observe()).toMatchObject({
      state: 'closed',
      openedCount: 1,
      halfOpenedCount: 1,
      closedCount: 1,
    });
    expect(await policy.execute(works)).toBe('ok');
  });

  it('opens again when the try fails', async () => {
    await failTimes(policy, figures.callsMin);
    await vi.advanceTimersByTimeAsync(figures.openMs);
    await failTimes(policy, 1);
    expect(policy.observe()).toMatchObject({ state: 'open', openedCount: 2 });
  });
});

describe('the policy none', () => {
  it('neither times out nor refuses, and has no breaker', async () => {
    const policy = createPolicy('none', 'catalog.redis', figures);
    await failTimes(policy, 50);
    expect(await policy.execute(works)).toBe('ok');
    const settled = vi.fn();
    void policy.execute(hangs).finally(settled);
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    await realSleep(0);
    expect(settled).not.toHaveBeenCalled();
    expect(policy.observe()).toBeUndefined();
  });
});
