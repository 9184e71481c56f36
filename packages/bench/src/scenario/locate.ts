import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter } from 'yaml';
import { keyText, type OpenedDocument } from './document.ts';
import type { Path } from './problem.ts';

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds where in the text a value stands. */
export interface Locator {
  /**
   * The place of the value at this path, of its key instead with `key`, or of the nearest map or list
   * around it when it is not in the text. `offset` counts into a text value.
   */
  locate(path: Path, at?: 'key' | 'value', offset?: number): Place;
  /** Whether the value itself is in the text; one that an override put there is not. */
  isWritten(path: Path): boolean;
}

export function createLocator({ document, lines, text }: OpenedDocument): Locator {
  return {
    locate: (path, at = 'value', offset = 0) => {
      const found = walk(document, path);
      const start = at === 'key' ? (found.keyStart ?? found.start) : found.start;
      const inside = found.isReached && offset > 0 ? textStart(text, found) + offset : undefined;
      return placeOf(lines, inside ?? start);
    },
    isWritten: (path) => {
      const found = walk(document, path);
      return found.isReached && found.hasRange;
    },
  };
}

interface Found {
  readonly start: number;
  readonly keyStart: number | undefined;
  readonly value: unknown;
  readonly isReached: boolean;
  readonly hasRange: boolean;
}

function walk(document: Document, path: Path): Found {
  let node: unknown = document.contents;
  let start = startOf(node) ?? 0;
  let keyStart: number | undefined;
  let hasRange = startOf(node) !== undefined;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    let next: unknown;
    let nextKeyStart: number | undefined;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && keyText(key.value) === String(step));
      next = pair?.value;
      nextKeyStart = startOf(pair?.key);
      // A key without a value has no node of its own.
      if (pair !== undefined && (next === null || next === undefined)) next = pair.key;
    } else if (isSeq(node)) {
      next = node.items[Number(step)];
    }
    if (next === undefined || next === null) {
      return { start: keyStart ?? start, keyStart, value: undefined, isReached: false, hasRange: false };
    }
    node = next;
    keyStart = nextKeyStart;
    hasRange = startOf(node) !== undefined;
    start = startOf(node) ?? keyStart ?? start;
  }
  return { start, keyStart, value: isScalar(node) ? node.value : undefined, isReached: true, hasRange };
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : undefined;
}

/** Where a text's first character stands: behind the quote, if the text is written as it is. */
function textStart(text: string, { start, value }: Found): number {
  return typeof value === 'string' &&
    /^["']/.test(text.slice(start, start + 1)) &&
    text.startsWith(value, start + 1)
    ? start + 1
    : start;
}

function placeOf(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
