import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { SecretScan } from '../snapshot/shop-snapshot.ts';
import type { SecretKind } from './secret-book.ts';
import { createSecretSearch } from './secret-search.ts';

/** A leak repeats itself with every request; these are enough to find the statement that writes it. */
const SIGHTINGS_MAX = 50;

const LINE_FEED = 0x0a;

/** Reads every file below the folder and says where a secret stands, without repeating it. */
export async function scanLogs(
  folder: string,
  secrets: ReadonlyMap<string, SecretKind>,
  signal: AbortSignal,
): Promise<SecretScan> {
  const sightings: SecretScan['sightings'] = [];
  let [fileCount, bytes, sightingCount] = [0, 0, 0];
  for (const file of await filesBelow(folder)) {
    fileCount += 1;
    const search = createSecretSearch(secrets);
    let [line, offset] = [1, 0];
    for await (const piece of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      for (const { kind, endOffset } of search.push(piece)) {
        sightingCount += 1;
        if (sightings.length >= SIGHTINGS_MAX) continue;
        const lineOfEnd = line + lineFeeds(piece.subarray(0, endOffset - offset));
        sightings.push({ file: relative(folder, file), line: lineOfEnd, kind });
      }
      line += lineFeeds(piece);
      offset += piece.length;
    }
  }
  return { secretCount: secrets.size, fileCount, bytes, sightingCount, sightings };
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function lineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}
