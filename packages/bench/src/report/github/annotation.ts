import type { Check } from '../check/check.ts';
import { plural } from '../format.ts';

/** A remark on a line of a file, shown in a pull request beside it. */
export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  /** From the repository's root. */
  readonly file?: string;
  readonly line?: number;
}

/** GitHub shows ten of each level per step and drops the rest without a word. */
const SHOWN_MAX = 10;

/** What failed as errors, what could not be told as warnings; at most ten of each, the last one counting the rest. */
export function annotationsOf(
  checks: readonly Check[],
  { scenario, file }: { readonly scenario: string; readonly file: string },
): readonly Annotation[] {
  const levels = { error: 'failed', warning: 'unknown' } as const;
  return (['error', 'warning'] as const).flatMap((level) => {
    const meant = checks.filter(({ state }) => state === levels[level]);
    const shown = meant.length > SHOWN_MAX ? meant.slice(0, SHOWN_MAX - 1) : meant;
    const left = meant.length - shown.length;
    return [
      ...shown.map(({ name, reason, line }): Annotation => {
        const place = { file, ...(line === undefined ? {} : { line }) };
        return { level, title: `${scenario}: ${name}`, message: reason, ...place };
      }),
      ...(left === 0
        ? []
        : [
            { level, title: scenario, message: `${plural(left, 'more finding')}: see the job summary`, file },
          ]),
    ];
  });
}

/**
 * The workflow command for it. Escapes as the runner reads: in data `%`, CR and LF, in properties `:` and `,` too
 * (actions/toolkit, packages/core/src/command.ts). Empty properties are left out.
 */
export function workflowCommand({ level, title, message, file, line }: Annotation): string {
  const properties = Object.entries({ file, line, title })
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${level}${properties.length === 0 ? '' : ` ${properties.join(',')}`}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
