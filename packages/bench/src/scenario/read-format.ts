import { z } from 'zod';
import { explainIssue } from './explain.ts';
import { clip, describeValue, isPlainMap } from './format/value.ts';
import { chosenShape } from './format/variants.ts';
import type { Path } from './problem.ts';
import type { Reporter } from './reporter.ts';

/** What could be read of a value: maps have gaps, and so have lists. */
export type Partly<Value> = Value extends readonly (infer Item)[]
  ? readonly (Partly<Item> | undefined)[]
  : Value extends object
    ? { readonly [Key in keyof Value]?: Partly<Value[Key]> | undefined }
    : Value;

/**
 * Reads a value by its format piece by piece, so that one broken piece hides neither the problems
 * of the others nor what they say. Every problem goes to the reporter.
 */
export function readFormat<Format extends z.ZodObject>(
  format: Format,
  value: unknown,
  reporter: Reporter,
): Partly<z.output<Format>> {
  return readMap(format, value, [], reporter) as Partly<z.output<Format>>;
}

function readMap(
  format: z.ZodObject,
  value: unknown,
  path: Path,
  reporter: Reporter,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (!isMap(value, path, reporter)) return result;
  const shape: Readonly<Record<string, unknown>> = format.shape;
  const accepted = Object.keys(shape);
  const isStrict = format.def.catchall instanceof z.ZodNever;
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(shape, key) || !isStrict) continue;
    reporter.error([...path, key], `unknown key \`${clip(key)}\``, { at: 'key', given: key, accepted });
  }
  for (const key of accepted) {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    result[key] = readValue(shape[key] as z.ZodType, given, [...path, key], reporter);
  }
  return result;
}

/** A map whose keys are the writer's to choose. */
function readRecord(
  format: z.ZodRecord,
  value: unknown,
  path: Path,
  reporter: Reporter,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (!isMap(value, path, reporter)) return result;
  const own = format.safeParse(value).error?.issues.filter((issue) => issue.path.length === 0) ?? [];
  for (const issue of own) report(issue, value, path, reporter);
  for (const [key, given] of Object.entries(value)) {
    const [wrong] = (format.keyType as z.ZodType).safeParse(key).error?.issues ?? [];
    if (wrong !== undefined)
      reporter.error([...path, key], `${wrong.message}, found \`${clip(key)}\``, { at: 'key' });
    // As in a list, `null` is what YAML means by nothing.
    result[key] = readValue(format.valueType as z.ZodType, given ?? null, [...path, key], reporter);
  }
  return result;
}

function isMap(value: unknown, path: Path, reporter: Reporter): value is Readonly<Record<string, unknown>> {
  if (isPlainMap(value)) return true;
  const key = nameOf(path);
  reporter.error(
    path,
    value === null ? `\`${key}\` has no value` : `\`${key}\` must be a map, found ${describeValue(value)}`,
  );
  return false;
}

function readValue(format: z.ZodType, value: unknown, path: Path, reporter: Reporter): unknown {
  const shape = chosenShape(value === undefined ? format : unwrap(format), value);
  if (shape instanceof z.ZodObject && value !== undefined) return readMap(shape, value, path, reporter);
  if (shape instanceof z.ZodRecord && value !== undefined) return readRecord(shape, value, path, reporter);
  if (shape instanceof z.ZodArray && Array.isArray(value)) return readList(shape, value, path, reporter);
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) report(issue, value, path, reporter);
  return undefined;
}

function readList(
  format: z.ZodArray,
  values: readonly unknown[],
  path: Path,
  reporter: Reporter,
): readonly unknown[] {
  // Of the list as a whole only its own rules (its length) are asked here; its entries come below.
  const own = format.safeParse(values).error?.issues.filter((issue) => issue.path.length === 0) ?? [];
  for (const issue of own) report(issue, values, path, reporter);
  return values.map((value, index) =>
    // A hole cannot be told from an absent key, and `null` is what YAML means by it.
    readValue(format.element as z.ZodType, value ?? null, [...path, index], reporter),
  );
}

function report(issue: z.core.$ZodIssue, value: unknown, path: Path, reporter: Reporter): void {
  const { message, ...hints } = explainIssue(issue, nameOf(path), value);
  reporter.error(path, message, hints);
}

function unwrap(format: z.ZodType): z.ZodType {
  let inner: z.ZodType = format;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodPrefault)
    inner = inner.unwrap() as z.ZodType;
  return inner;
}

/** `rate`, or `gates[2]` for an entry of a list. */
function nameOf(path: Path): string {
  const last = path.at(-1);
  return typeof last === 'number' ? `${nameOf(path.slice(0, -1))}[${last}]` : (last ?? 'the scenario');
}
