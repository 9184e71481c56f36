import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isShed, type Load, nextShedding, noShedding, priorities, type Shedding } from './shedding.ts';
import { sheddingFigures as figures } from './shedding-figures.ts';

const idle: Load = { lagMs: 0, inFlight: 0 };
const { browse, cart, checkout } = figures.limits;

function after(loads: readonly Load[], from: Shedding = noShedding): Shedding {
  return loads.reduce((shedding, load) => nextShedding(shedding, load, figures), from);
}

const anyLoad = fc.record({
  lagMs: fc.integer({ min: 0, max: 2_000 }),
  inFlight: fc.integer({ min: 0, max: 3_000 }),
});

describe('load shedding', () => {
  it('turns nobody away while neither signal reaches its limit', () => {
    expect(after([{ lagMs: browse.lagMs - 1, inFlight: browse.inFlight - 1 }])).toEqual(noShedding);
  });

  it.each([
    [{ ...idle, lagMs: browse.lagMs }, 1],
    [{ ...idle, inFlight: browse.inFlight }, 1],
    [{ ...idle, lagMs: cart.lagMs }, 2],
    [{ ...idle, lagMs: checkout.lagMs }, 3],
    [{ ...idle, inFlight: checkout.inFlight }, 3],
  ])('turns away at once what the load %j asks for', (load, level) => {
    expect(after([load]).level).toBe(level);
  });

  it('lets one priority in again after enough calm looks, and the next after as many', () => {
    const calm = (looks: number): Load[] => Array.from({ length: looks }, () => idle);
    const full = after([{ ...idle, lagMs: checkout.lagMs }]);
    expect(after(calm(figures.calmLooks - 1), full).level).toBe(3);
    expect(after(calm(figures.calmLooks), full).level).toBe(2);
    expect(after(calm(3 * figures.calmLooks), full)).toEqual(noShedding);
  });

  it('begins counting calm looks again after one that was not', () => {
    const full = after([{ ...idle, lagMs: browse.lagMs }]);
    const nearlyCalm = Array.from({ length: figures.calmLooks - 1 }, () => idle);
    const busy = { ...idle, lagMs: browse.lagMs * figures.calmShare };
    expect(after([...nearlyCalm, busy, ...nearlyCalm], full).level).toBe(1);
  });

  it('does not flap on a load between the calm share and the limit', () => {
    const between = { ...idle, lagMs: browse.lagMs * 0.75 };
    const levels = new Set<number>();
    let shedding = after([{ ...idle, lagMs: browse.lagMs }]);
    for (let look = 0; look < 100; look += 1) {
      shedding = nextShedding(shedding, between, figures);
      levels.add(shedding.level);
    }
    expect([...levels]).toEqual([1]);
  });

  it('never turns away what is worth more than something it lets in', () => {
    fc.assert(
      fc.property(
        fc.array(anyLoad, { maxLength: 40 }),
        fc.integer({ min: 0, max: 3_000 }),
        (loads, inFlight) => {
          const shedding = after(loads);
          const isAway = priorities.map((priority) => isShed(priority, shedding, inFlight, figures));
          expect(isAway).toEqual(isAway.toSorted((left, right) => Number(right) - Number(left)));
        },
      ),
    );
  });

  it('lets everybody in again once it was calm for long enough, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(anyLoad, { maxLength: 40 }), (loads) => {
        const calm = Array.from({ length: priorities.length * figures.calmLooks }, () => idle);
        expect(after(calm, after(loads)).level).toBe(0);
      }),
    );
  });

  it('turns away by the count in flight alone between two looks', () => {
    expect(isShed('browse', noShedding, browse.inFlight, figures)).toBe(true);
    expect(isShed('cart', noShedding, browse.inFlight, figures)).toBe(false);
    expect(isShed('checkout', noShedding, cart.inFlight, figures)).toBe(false);
  });
});
