/**
 * A quantity as people write it in scenarios and flags. Units are always written: a bare
 * number is refused, because `timeout: 5` has been both seconds and milliseconds somewhere.
 */
export interface Unit {
  readonly name: string;
  /** How a right value looks, for error messages. */
  readonly example: string;
  /** The value in the unit's base (see each file), or undefined if the text is not one. */
  parse(text: string): number | undefined;
  /** The shortest text that `parse` reads back as the same value. */
  format(value: number): string;
}

const NUMBER_AND_SUFFIX = /^(\d+(?:\.\d+)?)\s*([a-zA-Zµ/%]+)$/;

/** Splits `"1.5 s"` into `[1.5, "s"]`; undefined when it is no number followed by a suffix. */
export function splitQuantity(text: string): readonly [number, string] | undefined {
  const match = NUMBER_AND_SUFFIX.exec(text.trim());
  if (match === null) return undefined;
  const [, digits = '', suffix = ''] = match;
  const value = Number(digits);
  return Number.isFinite(value) ? [value, suffix] : undefined;
}

/** Reads a quantity through a table of suffixes and their size in the base unit. */
export function parseWith(suffixes: Readonly<Record<string, number>>, text: string): number | undefined {
  const split = splitQuantity(text);
  if (split === undefined) return undefined;
  const [value, suffix] = split;
  const size = Object.hasOwn(suffixes, suffix) ? suffixes[suffix] : undefined;
  return size === undefined ? undefined : roundToDouble(value * size);
}

/**
 * The shortest text: `1.5s` rather than `1500ms`, `90s` rather than `1.5m`; the larger suffix where two are as
 * short, never one that the value is less than one of. `suffixes` must be ordered from small to large.
 */
export function formatWith(suffixes: Readonly<Record<string, number>>, value: number): string {
  let shortest: string | undefined;
  for (const [suffix, size] of Object.entries(suffixes)) {
    if (shortest !== undefined && value < size) break;
    const text = `${roundToDouble(value / size)}${suffix}`;
    if (shortest === undefined || text.length <= shortest.length) shortest = text;
  }
  return shortest ?? String(value);
}

/** Drops the binary noise of a product such as 0.1 × 3, which would print as 0.30000000000000004. */
function roundToDouble(value: number): number {
  return Number(value.toPrecision(15));
}
