import { describe, expect, it } from 'vitest';
import { fill, fillData, namesIn, namesInData } from './template.ts';

describe('a template', () => {
  it('names its places, each once, and not what is doubled or no name', () => {
    expect(namesIn('/a/{id}/{{id}}/{lang}/{id}/{Not}/{1}/{}')).toEqual(['id', 'lang']);
    expect(namesInData({ a: ['{x}', 1, null], b: { c: '{y}{x}' } })).toEqual(['x', 'y']);
  });

  it('is filled with values, written as its place needs them', () => {
    expect(fill('/l/{id}?q={q}', { id: 7, q: 'a b&c' }, encodeURIComponent)).toBe('/l/7?q=a%20b%26c');
    expect(fill('{{id}} is {id}', { id: 'x' })).toBe('{id} is x');
  });

  it('keeps numbers and flags what they are where they stand alone', () => {
    const data = { id: '{id}', on: '{on}', text: 'no. {id}', list: ['{id}'], left: 5, none: null };
    expect(fillData(data, { id: 7, on: true })).toEqual({
      id: 7,
      on: true,
      text: 'no. 7',
      list: [7],
      left: 5,
      none: null,
    });
  });
});
