import type { SystemUnderTest } from '@stormcart/core';
import type { PlainRequests } from '../scenario/format/requests.ts';
import { plainJourneys } from './plain-journeys.ts';

/** The system with the scenario's own requests as journeys beside its own; no name may be taken already. */
export function withRequests(system: SystemUnderTest, requests: PlainRequests): SystemUnderTest {
  const journeys = plainJourneys(requests);
  const described = journeys.map(({ name, about, routes }) => ({ name, about, routes }));
  return {
    ...system,
    describe: (config) => {
      const description = system.describe(config);
      return { ...description, journeys: [...description.journeys, ...described] };
    },
    boot: async (config, context) => {
      const running = await system.boot(config, context);
      return { ...running, journeys: [...running.journeys, ...journeys] };
    },
  };
}
