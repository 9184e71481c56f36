import { messageOf } from '@stormcart/core';
import { isPlainMap } from '../../scenario/format/value.ts';
import { type FeedValue, type ParsedFeed, RECORDS_MAX } from './feed.ts';

/** A JSON object in each line, all with the same fields, whose values are texts, numbers, true or false. */
export function parseJsonLines(text: string): ParsedFeed {
  const rows: (readonly FeedValue[])[] = [];
  const lines: number[] = [];
  let fields: readonly string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const bad = (problem: string): ParsedFeed => ({ kind: 'bad', line: index + 1, problem });
    if (rows.length === RECORDS_MAX) return bad(`more than ${RECORDS_MAX} records`);
    let record: unknown;
    try {
      record = JSON.parse(line);
    } catch (error) {
      return bad(`this is not JSON: ${messageOf(error)}`);
    }
    if (!isPlainMap(record)) return bad('each line must be an object such as {"name": "ada"}');
    if (rows.length === 0) fields = Object.keys(record);
    const problem = problemOf(record, fields);
    if (problem !== undefined) return bad(problem);
    rows.push(fields.map((field) => record[field] as FeedValue));
    lines.push(index + 1);
  }
  return { kind: 'ok', records: { fields, rows, lines } };
}

function problemOf(record: Readonly<Record<string, unknown>>, fields: readonly string[]): string | undefined {
  if (fields.length === 0) return 'an object without fields';
  const missing = fields.find((field) => !Object.hasOwn(record, field));
  if (missing !== undefined) return `the field ${JSON.stringify(missing)} of the first record is missing`;
  const extra = Object.keys(record).find((field) => !fields.includes(field));
  if (extra !== undefined) return `the field ${JSON.stringify(extra)} is not one of the first record`;
  const wrong = fields.find((field) => !isValue(record[field]));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong)} must be a text, a number, true or false`;
}

function isValue(value: unknown): value is FeedValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
