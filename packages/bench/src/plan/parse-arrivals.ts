import type { RecordedArrivals } from './stage.ts';

export type ParsedArrivals =
  | { readonly kind: 'ok'; readonly recorded: RecordedArrivals }
  | { readonly kind: 'bad'; readonly line: number; readonly problem: string };

/** A time and nothing else, as a spreadsheet or a script writes it. */
const TIME = /^\d{1,12}(?:\.\d{1,9})?$/;

/** Ten hours at 2,800/s; each arrival takes some 16 bytes. */
const ARRIVALS_MAX = 100_000_000;

/**
 * Reads recorded arrivals from CSV: a first line `ms` or `ms,journey`, then a line per arrival with its time in
 * milliseconds since the recording's start, never falling. Lines may end in CRLF, cells may be in quotes; blank lines are passed over.
 */
export function parseArrivals(text: string, journeys: readonly string[]): ParsedArrivals {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = cellsOf(lines[0] ?? '').join(',');
  if (header !== 'ms' && header !== 'ms,journey') {
    return bad(1, `the first line must be \`ms\` or \`ms,journey\`, found ${quote(lines[0] ?? '')}`);
  }
  const hasJourneys = header === 'ms,journey';
  const known = new Set(journeys);
  const timesMs: number[] = [];
  const named: string[] = [];
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index]?.trim() ?? '';
    if (line === '') continue;
    if (timesMs.length === ARRIVALS_MAX) return bad(index + 1, `more than ${ARRIVALS_MAX} arrivals`);
    const [time = '', journey, ...rest] = cellsOf(line);
    if (!TIME.test(time)) return bad(index + 1, `${quote(time)} is no time in milliseconds`);
    if (rest.length > 0 || (journey !== undefined) !== hasJourneys) {
      return bad(
        index + 1,
        `expected ${hasJourneys ? 'a time and a journey' : 'a time'}, found ${quote(line)}`,
      );
    }
    if (Number(time) < (timesMs.at(-1) ?? 0)) return bad(index + 1, `${time} lies before the time above it`);
    if (journey !== undefined && !known.has(journey)) {
      return bad(index + 1, `there is no journey ${quote(journey)}; accepted are ${journeys.join(', ')}`);
    }
    timesMs.push(Number(time));
    if (journey !== undefined) named.push(journey);
  }
  if (timesMs.length === 0) return bad(lines.length, 'there is no arrival in it');
  return { kind: 'ok', recorded: { timesMs: Float64Array.from(timesMs), journeys: named } };
}

/** The arrivals of the first part of a recording. */
export function cutArrivals({ timesMs, journeys }: RecordedArrivals, untilMs: number): RecordedArrivals {
  const end = timesMs.findIndex((timeMs) => timeMs >= untilMs);
  return end === -1
    ? { timesMs, journeys }
    : { timesMs: timesMs.subarray(0, end), journeys: journeys.slice(0, end) };
}

/** Neither a time nor a journey's name holds a comma or a quote, so that nothing needs to be unescaped. */
function cellsOf(line: string): readonly string[] {
  return line.split(',').map((cell) => cell.trim().replace(/^"([^"]*)"$/, '$1'));
}

function bad(line: number, problem: string): ParsedArrivals {
  return { kind: 'bad', line, problem };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
