import type { IssueHints } from './format/value.ts';
import type { Locator } from './locate.ts';
import { type Path, type Problem, pathText } from './problem.ts';
import { suggest } from './suggest.ts';

interface Details extends IssueHints {
  /** What a suggestion is looked for among, when that is more than is listed as accepted. */
  readonly candidates?: readonly string[];
  /** Whether the key is wrong or what stands behind it. */
  readonly at?: 'key' | 'value';
  /** Into a text value. */
  readonly offset?: number;
}

/** Collects what is wrong or doubtful, with its place in the text. */
export interface Reporter {
  /** The scenario cannot run like this. */
  error(path: Path, message: string, details?: Details): void;
  /** It can run, but hardly means what its writer wants. */
  warn(path: Path, message: string, details?: Details): void;
  errorCount(): number;
  /** In the order of the text. */
  errors(): readonly Problem[];
  warnings(): readonly Problem[];
}

/** A value that did not come from the file: where it was put, and how it was asked for. */
export interface Overridden {
  readonly path: Path;
  /** `--set load.mix.browse=50` */
  readonly flag: string;
}

/** Nobody reads on; and to place each of 60,000 unknown keys in a file would take minutes. */
const MOST_ERRORS = 100;

export function createReporter(locator: Locator, overridden: readonly Overridden[]): Reporter {
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  let untoldCount = 0;
  const problemOf = (path: Path, message: string, details: Details): Problem => {
    const { given, accepted, candidates = accepted } = details;
    const suggestion =
      given === undefined || candidates === undefined ? undefined : suggest(given, candidates);
    const source = overridden.find(
      (each) => isWithin(path, each.path) || (isWithin(each.path, path) && !locator.isWritten(path)),
    );
    return {
      ...locator.locate(path, details.at, details.offset),
      path: pathText(path),
      message: source === undefined ? message : `${message} (from ${source.flag})`,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(accepted === undefined || accepted.length === 0 ? {} : { accepted }),
    };
  };
  return {
    error: (path, message, details = {}) => {
      if (errors.length < MOST_ERRORS) errors.push(problemOf(path, message, details));
      else untoldCount += 1;
    },
    warn: (path, message, details = {}) => warnings.push(problemOf(path, message, details)),
    errorCount: () => errors.length + untoldCount,
    errors: () => {
      const sorted = errors.toSorted(byPlace);
      const last = sorted.at(-1);
      if (last === undefined || untoldCount === 0) return sorted;
      const { line, column } = last;
      return [...sorted, { line, column, path: '', message: `and ${untoldCount} more problems` }];
    },
    warnings: () => warnings.toSorted(byPlace),
  };
}

function isWithin(path: Path, around: Path): boolean {
  return around.every((step, index) => path[index] === step);
}

function byPlace(left: Problem, right: Problem): number {
  return left.line - right.line || left.column - right.column;
}
