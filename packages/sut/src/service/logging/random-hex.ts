import { randomFillSync } from 'node:crypto';

/** Filled at once: each call to the system's randomness costs more than everything else about an id. */
const POOL_BYTES = 4_096;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** So many random bytes, at most `POOL_BYTES`, as hexadecimal digits. For ids; what must be kept secret takes its own. */
export function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
