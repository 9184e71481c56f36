import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import CircuitBreaker from 'opossum';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

// What the libraries do by themselves, and the reason for the bounds around them. When one of these fails, the
// library has mended its fault and the bound can be looked at again.

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const hangs = (): Promise<never> => new Promise(() => undefined);

describe('opossum alone', () => {
  it('opens on a healthy dependency when its own capacity turned calls away', async () => {
    const breaker = new CircuitBreaker(() => new Promise((resolve) => setTimeout(resolve, 10)), {
      capacity: 1,
      timeout: 1_000,
      errorThresholdPercentage: 50,
    });
    const calls = Array.from({ length: 20 }, () => breaker.fire().catch(() => undefined));
    await vi.advanceTimersByTimeAsync(10);
    await Promise.all(calls);
    expect(breaker.opened).toBe(true);
    breaker.shutdown();
  });

  it('frees a place on timeout while the action still runs', async () => {
    let begun = 0;
    const breaker = new CircuitBreaker(
      () => {
        begun += 1;
        return hangs();
      },
      { capacity: 1, timeout: 100, errorThresholdPercentage: 100, volumeThreshold: 1_000 },
    );
    for (let call = 0; call < 5; call += 1) {
      const fired = breaker.fire().catch(() => undefined);
      await vi.advanceTimersByTimeAsync(100);
      await fired;
    }
    expect(begun).toBe(5);
    breaker.shutdown();
  });
});

describe('cockatiel alone', () => {
  it('lets everybody wait, without bound, for the one call that tries', async () => {
    const breaker = circuitBreaker(handleAll, { halfOpenAfter: 100, breaker: new ConsecutiveBreaker(1) });
    await breaker.execute(() => Promise.reject(new Error('down'))).catch(() => undefined);
    await expect(breaker.execute(hangs)).rejects.toBeInstanceOf(BrokenCircuitError);
    await vi.advanceTimersByTimeAsync(100);
    void breaker.execute(hangs);
    let settled = 0;
    for (let call = 0; call < 1_000; call += 1) {
      void breaker
        .execute(() => Promise.resolve())
        .catch(() => undefined)
        .finally(() => {
          settled += 1;
        });
    }
    await vi.advanceTimersByTimeAsync(60_000);
    expect(settled).toBe(0);
  });
});
