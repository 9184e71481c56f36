import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feedParserFor } from './parse-feed.ts';

const parse = (file: string, text: string) => feedParserFor(file)?.(text);
const csv = (text: string) => parse('users.csv', text);
const jsonl = (text: string) => parse('users.jsonl', text);
const bad = (line: number, problem: unknown) => ({ kind: 'bad', line, problem });

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

describe('CSV', () => {
  it('has names in its first line; values keep their spaces, quotes may hold commas and line breaks', () => {
    expect(csv('\uFEFFname, city\r\nada,"London, 1840"\r\n\r\n"grace\nhopper", x \r\n')).toEqual({
      kind: 'ok',
      records: {
        fields: ['name', 'city'],
        rows: [
          ['ada', 'London, 1840'],
          ['grace\nhopper', ' x '],
        ],
        lines: [2, 5],
      },
    });
  });

  it.each([
    ['', bad(1, 'the first line must name the fields')],
    ['name\n', bad(1, 'there is no record in it')],
    ['name,,city\na,b,c\n', bad(1, 'a field has no name')],
    ['name,city,name\na,b,c\n', bad(1, 'two fields are named "name"')],
    ['name,city\nada,London\ngrace\n', bad(3, '1 value, other than the lines before it')],
    ['name,city\nada,London\n\ngrace,X,Y\n', bad(4, '3 values, other than the lines before it')],
    ['name\nada\n"grace\n', bad(3, 'a quote is not closed')],
    [`name\nada\n"${'x'.repeat(70_000)}\n`, bad(3, expect.stringMatching(/more than 65536 characters/))],
  ])('tells what is wrong with %j, and in which line', (text, expected) => {
    expect(csv(text)).toEqual(expected);
  });

  it('gives back any table that was written as RFC 4180 says', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ' ', ',', '"', '\n', '{', '0'), maxLength: 6 });
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
    fc.assert(
      fc.property(table, (rows) => {
        const names = (rows[0] ?? []).map((_, index) => `f${index}`);
        const text = [names, ...rows.map((row) => row.map(quoted))].map((row) => row.join(',')).join('\n');
        const parsed = csv(text);
        expect(parsed).toMatchObject({ kind: 'ok', records: { fields: names, rows } });
        if (parsed?.kind !== 'ok') return;
        // The line of a record is the one that it ends in.
        let line = 1;
        for (const [index, row] of rows.entries()) {
          line += row.join('').split('\n').length;
          expect(parsed.records.lines[index]).toBe(line);
        }
      }),
    );
  });
});

describe('JSON lines', () => {
  it('keep numbers, true and false as what they are', () => {
    const text =
      '{"name": "ada", "age": 36, "isAdmin": true}\n\n{"age": 85, "name": "grace", "isAdmin": false}\n';
    const parsed = parse('users.NDJSON', text);
    expect(parsed).toEqual({
      kind: 'ok',
      records: {
        fields: ['name', 'age', 'isAdmin'],
        rows: [
          ['ada', 36, true],
          ['grace', 85, false],
        ],
        lines: [1, 3],
      },
    });
  });

  it.each([
    ['', bad(1, 'there is no record in it')],
    ['{"a": 1}\n{"a": ', bad(2, expect.stringMatching(/^this is not JSON: /))],
    ['{"a": 1}\n[1]', bad(2, 'each line must be an object such as {"name": "ada"}')],
    ['{}', bad(1, 'an object without fields')],
    ['{"a": 1, "b": 2}\n{"a": 1}', bad(2, 'the field "b" of the first record is missing')],
    ['{"a": 1}\n\n{"a": 1, "b": 2}', bad(3, 'the field "b" is not one of the first record')],
    ['{"a": null}', bad(1, '"a" must be a text, a number, true or false')],
    ['{"a": {"b": 1}}', bad(1, '"a" must be a text, a number, true or false')],
  ])('tell what is wrong with %j, and in which line', (text, expected) => {
    expect(jsonl(text)).toEqual(expected);
  });
});

it('is read by the end of its name', () => {
  expect(feedParserFor('users.txt')).toBeUndefined();
  expect(feedParserFor('csv')).toBeUndefined();
});

it('refuses a file that would fill the memory', () => {
  expect(csv('x'.repeat(64 * 1024 * 1024 + 1))).toEqual(bad(1, 'more than 67108864 characters'));
});
