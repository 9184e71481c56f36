import { SECRET_CHARS_MIN, type SecretKind } from './secret-book.ts';

export interface Sighting {
  readonly kind: SecretKind;
  /** Of the first byte after the secret, in the whole text. */
  readonly endOffset: number;
}

/** Looks at a text piece by piece; a secret may lie across two pieces. */
export interface SecretSearch {
  push(piece: Buffer): readonly Sighting[];
}

const WINDOW = SECRET_CHARS_MIN;
const BASE = 0x01_00_01_93;
/** A power of two, some hundred times the number of secrets of a usual drill: few windows need a closer look. */
const TABLE_SIZE = 2 ** 20;

/**
 * Searches for all secrets at once, in one pass (Rabin and Karp, 1987): a rolling hash of eight bytes tells where one
 * may begin. Some 3 ns a byte however many secrets there are.
 */
export function createSecretSearch(kinds: ReadonlyMap<string, SecretKind>): SecretSearch {
  const beginnings = new Map<number, { readonly bytes: Buffer; readonly kind: SecretKind }[]>();
  const table = new Uint8Array(TABLE_SIZE);
  let longest = WINDOW;
  for (const [secret, kind] of kinds) {
    const bytes = Buffer.from(secret);
    if (bytes.length < WINDOW) continue;
    longest = Math.max(longest, bytes.length);
    const hash = hashOf(bytes);
    table[hash & (TABLE_SIZE - 1)] = 1;
    beginnings.set(hash, [...(beginnings.get(hash) ?? []), { bytes, kind }]);
  }
  let kept: Buffer = Buffer.alloc(0);
  let keptOffset = 0;
  return {
    push: (piece) => {
      const text = Buffer.concat([kept, piece]);
      const seenBytes = kept.length;
      const sightings: Sighting[] = [];
      eachWindow(text, (hash, start) => {
        if (table[hash & (TABLE_SIZE - 1)] === 0) return;
        for (const { bytes, kind } of beginnings.get(hash) ?? []) {
          const end = start + bytes.length;
          // What ends within the kept bytes was told with the piece before.
          if (
            end <= seenBytes ||
            end > text.length ||
            text.compare(bytes, 0, bytes.length, start, end) !== 0
          ) {
            continue;
          }
          sightings.push({ kind, endOffset: keptOffset + end });
        }
      });
      const from = Math.max(0, text.length - longest + 1);
      kept = text.subarray(from);
      keptOffset += from;
      return sightings;
    },
  };
}

/** What the byte that leaves the window counts for: BASE to the power of the window's length. */
const LEAVING = Array.from({ length: WINDOW }).reduce<number>((power) => Math.imul(power, BASE), 1);

function eachWindow(text: Buffer, visit: (hash: number, start: number) => void): void {
  if (text.length < WINDOW) return;
  let hash = hashOf(text);
  visit(hash, 0);
  for (let end = WINDOW; end < text.length; end += 1) {
    const leaving = Math.imul(text[end - WINDOW] ?? 0, LEAVING);
    hash = (Math.imul(hash, BASE) + (text[end] ?? 0) - leaving) | 0;
    visit(hash, end - WINDOW + 1);
  }
}

/** Of the first window. */
function hashOf(bytes: Buffer): number {
  let hash = 0;
  for (let index = 0; index < WINDOW; index += 1) hash = (Math.imul(hash, BASE) + (bytes[index] ?? 0)) | 0;
  return hash;
}
