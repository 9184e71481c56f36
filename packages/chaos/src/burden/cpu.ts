import { systemClock } from '@stormcart/core';
import type { LayBurden } from './burden.ts';

/**
 * Short, so that a neighbour meets the burden in each of its requests and not in every tenth; long against the
 * millisecond that a timer may be late.
 */
const CYCLE_MS = 20;
/** How many turns of an empty loop lie between two looks at the clock: some microseconds. */
const TURNS = 2_000;

/**
 * Burns a share of one core: in each cycle that much of this process's own CPU time, and waits for the next. What
 * a crowded machine does not grant in one cycle is not asked for in the next.
 */
export const layCpu: LayBurden<'cpu'> = async ({ share }) => {
  const startedUs = ownCpuUs();
  const firstMs = systemClock.now();
  let cycle = 0;
  let lastUs = startedUs;
  const burnCycle = (): void => {
    const nextMs = firstMs + (cycle + 1) * CYCLE_MS;
    // What this process has used since the last cycle, for its timer or for compiling itself, is part of the share.
    const untilUs = lastUs + share * CYCLE_MS * 1_000;
    while (ownCpuUs() < untilUs && systemClock.now() < nextMs) for (let turn = 0; turn < TURNS; turn += 1);
    lastUs = ownCpuUs();
    // A cycle that was missed altogether (the machine slept, the process was stopped) is not made up for.
    cycle = Math.max(cycle + 1, Math.floor((systemClock.now() - firstMs) / CYCLE_MS));
    const restMs = firstMs + cycle * CYCLE_MS - systemClock.now();
    if (restMs >= 1) setTimeout(burnCycle, restMs);
    else setImmediate(burnCycle);
  };
  burnCycle();
  return { amount: () => Math.round((ownCpuUs() - startedUs) / 1_000), lift: async () => undefined };
};

function ownCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
