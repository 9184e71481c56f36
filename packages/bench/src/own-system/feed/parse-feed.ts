import type { ParsedFeed } from './feed.ts';
import { parseCsv } from './parse-csv.ts';
import { parseJsonLines } from './parse-json-lines.ts';

/** By the end of the file's name. */
const parsers: Readonly<Record<string, (text: string) => ParsedFeed>> = {
  '.csv': parseCsv,
  '.jsonl': parseJsonLines,
  '.ndjson': parseJsonLines,
};

export const feedFileEnds = Object.keys(parsers);

/** The text is in memory while it is read, beside the records. */
const CHARACTERS_MAX = 64 * 1024 * 1024;

/** The parser for this file; undefined where its name does not tell what it is. */
export function feedParserFor(file: string): ((text: string) => ParsedFeed) | undefined {
  const end = feedFileEnds.find((candidate) => file.toLowerCase().endsWith(candidate));
  const parse = end === undefined ? undefined : parsers[end];
  return (
    parse &&
    ((text) => {
      if (text.length > CHARACTERS_MAX) return bad(1, `more than ${CHARACTERS_MAX} characters`);
      const parsed = parse(text);
      return parsed.kind === 'ok' && parsed.records.rows.length === 0
        ? bad(1, 'there is no record in it')
        : parsed;
    })
  );
}

function bad(line: number, problem: string): ParsedFeed {
  return { kind: 'bad', line, problem };
}
