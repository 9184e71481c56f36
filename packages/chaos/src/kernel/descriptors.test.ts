import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeBelow, limitWithFree } from './descriptors.ts';

describe('a descriptor limit', () => {
  it.each([
    [[0, 1, 2], 0, 3],
    [[0, 1, 2], 2, 5],
    // Numbers that were given back count as free; one far up stays open and needs no room.
    [[0, 2, 251], 0, 1],
    [[0, 2, 251], 1, 3],
    [[], 0, 0],
  ])('of a process with %j open leaves %i free at %i', (open, free, limit) => {
    expect(limitWithFree(new Set(open), free)).toBe(limit);
  });

  it('leaves exactly as many free as asked for, whatever is open', () => {
    const numbers = fc.uniqueArray(fc.nat({ max: 60 }));
    fc.assert(
      fc.property(numbers, fc.nat({ max: 40 }), (open, free) => {
        const set = new Set(open);
        const limit = limitWithFree(set, free);
        expect(freeBelow(set, limit)).toBe(free);
      }),
    );
  });
});
