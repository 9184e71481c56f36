import { messageOf } from '@stormcart/core';
import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';
import { type ParsedFeed, RECORDS_MAX } from './feed.ts';

/** A record is a few values of one visit; without a bound, one quote that is not closed would swallow a file. */
const RECORD_CHARACTERS_MAX = 65_536;

interface Read {
  readonly record: readonly string[];
  readonly info: Pick<InfoRecord, 'lines'>;
}

/** CSV (RFC 4180) with a first line of names. All values are texts; empty lines are passed over. */
export function parseCsv(text: string): ParsedFeed {
  let read: readonly Read[];
  try {
    read = parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      max_record_size: RECORD_CHARACTERS_MAX,
      // The names, and one more than may be, to tell that there are too many.
      to: RECORDS_MAX + 2,
    }) as unknown as readonly Read[];
  } catch (error) {
    return { kind: 'bad', ...problemOf(error) };
  }
  const [names, ...records] = read;
  if (names === undefined) return { kind: 'bad', line: 1, problem: 'the first line must name the fields' };
  const fields = names.record.map((name) => name.trim());
  const line = names.info.lines;
  if (fields.includes('')) return { kind: 'bad', line, problem: 'a field has no name' };
  const twice = fields.find((name, index) => fields.indexOf(name) !== index);
  if (twice !== undefined)
    return { kind: 'bad', line, problem: `two fields are named ${JSON.stringify(twice)}` };
  if (records.length > RECORDS_MAX) {
    return {
      kind: 'bad',
      line: records.at(-1)?.info.lines ?? 1,
      problem: `more than ${RECORDS_MAX} records`,
    };
  }
  const rows = records.map(({ record }) => record);
  return { kind: 'ok', records: { fields, rows, lines: records.map(({ info }) => info.lines) } };
}

/** The library's error in our words, where they say more. */
function problemOf(error: unknown): { readonly line: number; readonly problem: string } {
  if (!(error instanceof CsvError)) return { line: 1, problem: messageOf(error) };
  const context = error as CsvError & {
    readonly lines?: number;
    readonly record?: readonly string[];
  };
  const line = context.lines ?? 1;
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
    const count = context.record?.length ?? 0;
    return { line, problem: `${count} ${count === 1 ? 'value' : 'values'}, other than the lines before it` };
  }
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return { line, problem: 'a quote is not closed' };
  if (error.code !== 'CSV_MAX_RECORD_SIZE') return { line, problem: error.message };
  const problem = `a record has more than ${RECORD_CHARACTERS_MAX} characters; is a quote not closed?`;
  return { line, problem };
}
