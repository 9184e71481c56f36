import { styleText } from 'node:util';

/** Something wrong, or doubtful, in a scenario file. */
export interface Problem {
  /** Both counted from 1; a column counts UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** `load.stages[1].rate`; empty for the file as a whole. */
  readonly path: string;
  /** One sentence without its full stop. */
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string;
  /** Everything that would have been right. */
  readonly accepted?: readonly string[];
}

export interface RenderOptions {
  /** Doubtful and not wrong: each says so, because it looks like an error otherwise. */
  readonly areWarnings?: boolean;
  /** ANSI colours; off unless asked for. */
  readonly hasColour?: boolean;
}

/** For people: where, what, the line with a caret, what was meant, what is accepted. No trailing line feed. */
export function renderProblems(
  file: string,
  text: string,
  problems: readonly Problem[],
  options: RenderOptions = {},
): string {
  const paint = (style: 'bold' | 'dim' | 'cyan', part: string): string =>
    options.hasColour === true ? styleText(style, part, { validateStream: false }) : part;
  const severity = options.areWarnings === true ? 'warning: ' : '';
  // Of a binary file nothing can be shown.
  const lines = text.includes('\0') ? [] : text.split(/\r\n|\n|\r/, LONGEST_EXCERPT_FILE);
  return problems
    .map((problem) => {
      const { line, column, message, suggestion, accepted } = problem;
      const rows = [paint('bold', `${file}:${line}:${column}: ${severity}${message}`)];
      rows.push(...excerptOf(lines[line - 1], line, column).map((row) => paint('dim', row)));
      if (suggestion !== undefined) rows.push(`  did you mean ${paint('cyan', suggestion)}?`);
      if (accepted !== undefined && accepted.length > 0) rows.push(`  accepted: ${listOf(accepted)}`);
      return rows.join('\n');
    })
    .join('\n\n');
}

/** A file of 1 MiB has no more lines than this. */
const LONGEST_EXCERPT_FILE = 1_048_577;
/** Fits an 80-column terminal beside the line number. */
const EXCERPT_WIDTH = 72;
/** More names than this help nobody. */
const MOST_NAMES = 40;

/** The offending line and a caret under the column, cut around it when the line is long. */
function excerptOf(line: string | undefined, number: number, column: number): readonly string[] {
  if (line === undefined || line.trim() === '') return [];
  const start = column <= EXCERPT_WIDTH ? 0 : column - EXCERPT_WIDTH / 2;
  const part = line.slice(start, start + EXCERPT_WIDTH);
  const lead = start > 0 ? '…' : '';
  const trail = start + EXCERPT_WIDTH < line.length ? '…' : '';
  const gutter = `  ${number} | `;
  const caretAt = Math.min(column - 1 - start, part.length);
  return [
    `${gutter}${lead}${printable(part)}${trail}`,
    `${' '.repeat(gutter.length + lead.length + caretAt)}^`,
  ];
}

/** Control characters would move the caret, or the terminal. Width stays: one for one. */
function printable(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(/\p{Cc}/gu, '·');
}

function listOf(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return names.join(', ');
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}

export type Path = readonly (string | number)[];

/** `load.stages[1].rate` */
export function pathText(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}
