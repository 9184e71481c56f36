import { systemClock as clock } from '@stormcart/core';
import { openClient } from './client.ts';
import type { Workload } from './workload.ts';

export interface LoopResult {
  readonly rounds: number;
  /** Rounds that a healthy shop would have answered otherwise; not counted as capacity. */
  readonly failed: number;
  readonly tookMs: number;
}

/** Every user begins the next round as soon as the last was answered. The rounds under way at the end are waited for. */
export async function runClosedLoop(
  entry: URL,
  workload: Workload,
  users: number,
  forMs: number,
): Promise<LoopResult> {
  const startedMs = clock.now();
  const untilMs = startedMs + forMs;
  let number = 0;
  let rounds = 0;
  let failed = 0;
  const user = async (): Promise<void> => {
    const client = openClient(entry);
    try {
      while (clock.now() < untilMs) {
        number += 1;
        if (await workload.round(client, number)) rounds += 1;
        else failed += 1;
      }
    } finally {
      client.close();
    }
  };
  await Promise.all(Array.from({ length: users }, user));
  return { rounds, failed, tookMs: clock.now() - startedMs };
}
