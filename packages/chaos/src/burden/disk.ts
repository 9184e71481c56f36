import { randomFillSync } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { systemCodeOf } from '@stormcart/core';
import type { LayBurden } from './burden.ts';

const CHUNK_BYTES = 1_048_576;

/**
 * Takes room on a disk: a file that loses its name as soon as it is open, so that the kernel gives the room back
 * when this process ends, however it ends.
 */
export const layDisk: LayBurden<'disk'> = async ({ file, bytes }, signal) => {
  const handle = await open(file, 'wx', 0o600);
  await unlink(file);
  // Random, since some file systems store a chunk of zeros as nothing.
  const chunk = randomFillSync(Buffer.alloc(CHUNK_BYTES));
  let writtenBytes = 0;
  while (writtenBytes < bytes) {
    signal.throwIfAborted();
    try {
      const { bytesWritten } = await handle.write(chunk, 0, Math.min(CHUNK_BYTES, bytes - writtenBytes));
      writtenBytes += bytesWritten;
    } catch (error) {
      // Others write too, and a file system needs some room for itself: full is full.
      if (isFull(error)) break;
      throw error;
    }
  }
  return { amount: () => writtenBytes, lift: () => handle.close() };
};

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(systemCodeOf(error) ?? '');
}
