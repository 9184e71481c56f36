import { systemClock } from '@stormcart/core';
import { runLoad } from '../load/driver.ts';
import type { LoadMaker } from './load-maker.ts';

/** Between planning and the first arrival, so that the first one is not late already. */
const LEAD_MS = 50;

/** This process makes the load. */
export const localLoad: LoadMaker = {
  muster: async ({ scenario, plan, system, target, trust, runId }) => {
    const zeroMs = systemClock.now() + LEAD_MS;
    const { load, seed } = scenario;
    return {
      zeroMs,
      steeringLeadMs: 0,
      run: ({ signal, sink, nextOperationIndex, steering, onGauges }) =>
        runLoad({
          plan,
          journeys: system.journeys,
          target,
          ...(trust === undefined ? {} : { trust }),
          seed,
          runId,
          zeroMs,
          timeoutMs: load.timeoutMs,
          maxInFlight: load.maxInFlight,
          habits: load.habits,
          nextOperationIndex,
          signal,
          sink,
          steering,
          onGauges,
        }),
      close: async () => undefined,
    };
  },
};
