import fc from 'fast-check';
import { expect, it } from 'vitest';
import { searchWords } from './product.ts';

it('keeps the words that the index can find, in lower case', () => {
  expect(searchWords('  Copper-TEAPOT of 42 Öfen ')).toEqual(['copper', 'teapot', 'öfen']);
  expect(searchWords('a b cd')).toEqual([]);
});

it('never lets an operator of the search through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (query) => {
      for (const word of searchWords(query)) expect(word).toMatch(/^[\p{L}\p{N}]{3,}$/u);
    }),
  );
});

it('takes eight words at most', () => {
  expect(searchWords('one two three four five six seven eight nine ten')).toHaveLength(8);
});
