import { systemClock } from '@stormcart/core';
import { infoNumber, type RedisServer } from '../../../store-client/redis-client.ts';
import { openRedisMonitor, type RedisMonitor } from '../../../store-client/redis-monitor.ts';
import { repeat } from '../repeat.ts';

/** Keeps a Redis paused, a short while at a time. */
export interface PauseKeeper {
  /** The most clients that have waited at once, without those that waited before. */
  waitingMax(): number;
  /** Prolongs it no more, and with `unpause` ends it now. Rejects when the connection is lost. May be called again. */
  end(unpause: boolean, signal: AbortSignal): Promise<void>;
}

/** How long a pause goes on when nobody prolongs it: a dead controller leaves no more than this behind. */
const SLICE_MS = 2_000;
/** Three times may be missed before the pause has a gap. */
const PROLONG_EVERY_MS = 500;

/**
 * A pause holds up every command but those of replicas, CLIENT UNPAUSE included (measured, 7.0.15): nobody could end
 * it early. A connection in MONITOR mode counts as a replica's, so the keeper opens one first and speaks through it.
 */
export async function keepPaused(
  server: RedisServer,
  forMs: number,
  signal: AbortSignal,
): Promise<PauseKeeper> {
  const untilMs = systemClock.now() + forMs;
  const monitor = await openRedisMonitor(server, signal);
  let most = 0;
  try {
    const waitingBefore = await waitingIn(monitor, signal);
    const prolong = async (within: AbortSignal): Promise<void> => {
      const leftMs = Math.ceil(Math.min(SLICE_MS, untilMs - systemClock.now()));
      if (leftMs > 0) await monitor.ask(['CLIENT', 'PAUSE', String(leftMs), 'ALL'], within);
      most = Math.max(most, (await waitingIn(monitor, within)) - waitingBefore);
    };
    await prolong(signal);
    const prolonging = repeat(PROLONG_EVERY_MS, prolong);
    return {
      waitingMax: () => most,
      end: async (unpause, within) => {
        await prolonging.stop();
        try {
          if (!unpause) return;
          most = Math.max(most, (await waitingIn(monitor, within)) - waitingBefore);
          await monitor.ask(['CLIENT', 'UNPAUSE'], within);
        } finally {
          monitor.close();
        }
      },
    };
  } catch (error) {
    monitor.close();
    throw error;
  }
}

async function waitingIn(monitor: RedisMonitor, signal: AbortSignal): Promise<number> {
  return infoNumber(await monitor.ask(['INFO', 'clients'], signal), 'blocked_clients') ?? 0;
}
