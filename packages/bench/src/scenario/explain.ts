import type { z } from 'zod';
import { clip, describeValue, type IssueHints } from './format/value.ts';

/** What one zod issue says to a person. */
export interface Explanation extends IssueHints {
  readonly message: string;
}

/** Puts an issue into words. `key` is what the value is called, `value` what was found there. */
export function explainIssue(issue: z.core.$ZodIssue, key: string, value: unknown): Explanation {
  if (value === undefined) return missing(issue, key);
  if (value === null) return { ...missing(issue, key), message: `\`${key}\` has no value` };
  if (issue.code === 'invalid_value') return wrongWord(key, value, issue.values.map(String));
  if (issue.code === 'invalid_format') {
    return { message: `${issue.message}, found ${describeValue(value)}` };
  }
  return { message: `\`${key}\`${restOf(issue, value)}` };
}

function restOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_type') {
    return ` must be ${wantedText(issue.expected)}, found ${describeValue(value)}`;
  }
  if (issue.code === 'too_small') {
    return ` ${limitText('at least', issue.origin, issue.minimum)}, found ${sizeText(value)}`;
  }
  if (issue.code === 'too_big') {
    return ` ${limitText('at most', issue.origin, issue.maximum)}, found ${sizeText(value)}`;
  }
  return `: ${issue.message}`;
}

function missing(issue: z.core.$ZodIssue, key: string): Explanation {
  const accepted = issue.code === 'invalid_value' ? { accepted: issue.values.map(String) } : {};
  return { message: `\`${key}\` is missing`, ...accepted };
}

function wrongWord(key: string, value: unknown, accepted: readonly string[]): Explanation {
  if (typeof value === 'string')
    return { message: `\`${key}\` cannot be \`${clip(value)}\``, given: value, accepted };
  return {
    message: `\`${key}\` must be ${accepted.length === 1 ? accepted[0] : 'one of these'}, found ${describeValue(value)}`,
    accepted,
  };
}

/** zod's names of kinds of values, as a writer of YAML calls them. */
const kindNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

function wantedText(kind: string): string {
  return kindNames[kind] ?? kind;
}

function limitText(bound: 'at least' | 'at most', origin: string, limit: number | bigint): string {
  if (origin === 'array') return `needs ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `needs ${bound} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  return `must be ${bound} ${limit}`;
}

function sizeText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : String(value.length);
  return typeof value === 'number' ? String(value) : describeValue(value);
}
