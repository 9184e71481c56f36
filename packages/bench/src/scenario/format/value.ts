import type { Unit } from '@stormcart/core';
import { z } from 'zod';

/** Goes with a custom issue: what was given, to find what was meant, and what is accepted. */
export interface IssueHints {
  readonly given?: string;
  readonly accepted?: readonly string[];
}

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** A quantity that is written with its unit; becomes a number in the unit's base. */
export function quantity(unit: Unit, about: string, { min, max }: Bounds = {}) {
  return z
    .unknown()
    .transform((value, context): number => {
      const parsed = typeof value === 'string' ? unit.parse(value) : undefined;
      if (parsed === undefined) {
        context.issues.push({ code: 'custom', input: value, message: wrongQuantity(unit, value) });
        return z.NEVER;
      }
      if ((min !== undefined && parsed < min) || (max !== undefined && parsed > max)) {
        const message = `must be ${rangeText(unit, { min, max })}, found ${clip(String(value))}`;
        context.issues.push({ code: 'custom', input: value, message });
        return z.NEVER;
      }
      return parsed;
    })
    .meta({ type: 'string', description: `${about}; written like ${unit.example}` });
}

function wrongQuantity(unit: Unit, value: unknown): string {
  const isBare = typeof value === 'number' || (typeof value === 'string' && /^-?[\d.]+$/.test(value.trim()));
  const problem = isBare
    ? `${clip(String(value))} has no unit`
    : `expected a ${unit.name}, found ${describeValue(value)}`;
  return `${problem}; write it like ${unit.example}`;
}

function rangeText(unit: Unit, { min, max }: { min: number | undefined; max: number | undefined }): string {
  if (min === undefined) return `at most ${unit.format(max ?? 0)}`;
  if (max === undefined) return `at least ${unit.format(min)}`;
  return `between ${unit.format(min)} and ${unit.format(max)}`;
}

/** One of these words; becomes itself. */
export function word<Word extends string>(accepted: readonly Word[], about: string) {
  return z.enum([...accepted]).meta({ description: about });
}

/** A whole number without a unit. */
export function wholeNumber(about: string, min: number, max: number) {
  return z.int().min(min).max(max).meta({ description: about });
}

/** A free text. */
export function text(about: string) {
  return z.string().meta({ description: about });
}

/** As a person would say it: `the number 5`, `a list`, `"abc"`. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(clip(value));
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'boolean' ? String(value) : 'a map';
}

/** Short enough for a message. */
export function clip(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}…` : value;
}

/** A plain map, as YAML gives it. */
export function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
