import { describe, expect, it } from 'vitest';
import { fit, printable, widthOf } from './cell-width.ts';

describe('printable', () => {
  it.each([
    ['plain', 'plain'],
    ['a\tb\r\nc', 'a b c'],
    ['red \u001B[31malert\u0007', 'red [31malert'],
    ['cafe\u0301', 'café'],
    ['zalgo h\u0321\u0322e', 'zalgo he'],
    ['join\u200Der \u202Eturned\uFEFF', 'joiner turned'],
    ['👩‍👩‍👧 👍🏽', '▯▯▯ ▯'],
    ['🇩🇪', 'DE'],
    ['half \uD83D', 'half \uFFFD'],
    ['한국어', '한국어'],
  ])('turns %j into %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('fit', () => {
  it.each([
    ['abc', 5, 'abc  '],
    ['abcdef', 5, 'abcd…'],
    ['商品目录', 8, '商品目录'],
    ['商品目录', 7, '商品目…'],
    ['商品目录', 6, '商品… '],
    ['商', 1, '…'],
    ['abc', 0, ''],
  ])('puts %j into %i cells', (text, columns, shown) => {
    expect(fit(text, columns)).toBe(shown);
    expect(widthOf(shown)).toBe(columns);
  });

  it('leans to the right where it is asked to', () => {
    expect(fit('12', 4, 'right')).toBe('  12');
  });
});
