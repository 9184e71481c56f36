import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggest } from './suggest.ts';

describe('a suggestion', () => {
  it.each([
    ['polices', ['policies', 'services'], 'policies'],
    ['singel', ['single', 'ha'], 'single'],
    ['availabilty', ['availability', 'audit'], 'availability'],
    ['steadystate', ['steadyState'], 'steadyState'],
    ['round_robin', ['round-robin'], 'round-robin'],
    ['catalog->reids', ['catalog->redis', 'orders->mariadb'], 'catalog->redis'],
    ['ab', ['abc'], 'abc'],
    ['p59', ['p50', 'p99'], 'p50'],
  ])('for %s is found', (given, candidates, expected) => {
    expect(suggest(given, candidates)).toBe(expected);
  });

  it.each([
    ['banana', ['policies', 'services']],
    ['x', ['a', 'b']],
    ['', ['a', 'name']],
    ['none', ['all']],
    ['anything', []],
  ])('for %j is not made up', (given, candidates) => {
    expect(suggest(given, candidates)).toBeUndefined();
  });

  it('is the name itself after one slip in a name of six letters or more', () => {
    const name = fc.stringMatching(/^[a-z]{6,12}$/);
    fc.assert(
      fc.property(name, fc.nat(11), fc.constantFrom('drop', 'double', 'swap'), (word, at, slip) => {
        const place = at % (word.length - 1);
        const [before, here, next, after] = [
          word.slice(0, place),
          word.charAt(place),
          word.charAt(place + 1),
          word.slice(place + 2),
        ];
        const slipped = {
          drop: before + next + after,
          double: before + here + here + next + after,
          swap: before + next + here + after,
        }[slip];
        expect(suggest(slipped, [word])).toBe(word);
      }),
    );
  });

  it('takes no time on names of any length', () => {
    expect(suggest('a'.repeat(1_000_000), ['b'.repeat(1_000_000)])).toBeUndefined();
  });
});
