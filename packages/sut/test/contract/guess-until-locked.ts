import { setTimeout as pause } from 'node:timers/promises';
import type { ContractRequest, Send } from './contract-client.ts';

/** More than any account may try without a pause. */
export const TRIES_MAX = 100;

/** Seconds. A shorter lock may be over, on a busy machine, before anybody sees it. */
const LOCK_SECONDS_MIN = 4;

/** Sends a wrong guess again and again until the account is locked for long enough to be looked at. */
export async function guessUntilLocked(send: Send, guess: ContractRequest): Promise<void> {
  for (let count = 0; count < TRIES_MAX; count += 1) {
    const { status, headers } = await send('POST', guess);
    if (status !== 429) continue;
    const seconds = Number(headers['retry-after']);
    if (!(seconds < LOCK_SECONDS_MIN)) return;
    // The next lock is longer.
    await pause(seconds * 1_000);
  }
}
