import { systemClock } from '@stormcart/core';

/** A Redis that is there answers at once; one that is not would keep everybody waiting for ever. */
const CLOSE_WITHIN_MS = 5_000;

/** Closes politely, and goes on when that takes too long. Never throws: what is in Redis ends by itself. */
export async function closeWithin(polite: () => Promise<unknown>, giveUp: () => void): Promise<void> {
  const waited = new AbortController();
  const isClosed = await Promise.race([
    polite().then(
      () => true,
      () => false,
    ),
    systemClock.sleep(CLOSE_WITHIN_MS, waited.signal).then(
      () => false,
      () => false,
    ),
  ]);
  waited.abort();
  if (!isClosed) giveUp();
}
