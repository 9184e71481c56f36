import type { Mutation } from '../fixture/mutated-checkout.ts';

/** A short drill in which a fault of the shop can show itself. */
export interface DrillKind {
  /** Lines of the scenario's `faults`. */
  readonly faults: readonly string[];
  /** What is changed about the shop's seed, for the clean shop as well. */
  readonly setting: readonly Mutation[];
}

/** So few of each product that the popular ones are gone within seconds. */
const SCARCE_STOCK = 3;

const kinds = {
  calm: { faults: [], setting: [] },
  scarce: {
    faults: [],
    setting: [
      {
        file: 'packages/sut/src/schema/install-shop.ts',
        exchanges: [{ from: 'stockEach: 1_000', to: `stockEach: ${SCARCE_STOCK}` }],
      },
    ],
  },
  // Statements take long enough that some payments are always between their charge and their commit.
  'worker-killed': {
    faults: [
      '{id: slow, at: 2s, for: 5s, link: "worker->mariadb", toxic: latency, latency: 200ms}',
      '{id: kill, at: 5s, for: 4s, process: worker/1, action: kill}',
    ],
    setting: [],
  },
  'worker-slow': {
    faults: ['{id: slow, at: 2s, for: 5s, link: "worker->mariadb", toxic: latency, latency: 200ms}'],
    setting: [],
  },
  'relay-cut': {
    faults: ['{id: cut, at: 3s, for: 3s, link: "worker->rabbitmq", toxic: down}'],
    setting: [],
  },
  'carts-cut': {
    faults: ['{id: cut, at: 3s, for: 3s, link: "account->rabbitmq", toxic: down}'],
    setting: [],
  },
} as const satisfies Readonly<Record<string, DrillKind>>;

export type DrillName = keyof typeof kinds;

export const drillKinds: Readonly<Record<DrillName, DrillKind>> = kinds;

/** Every way in which the shop acknowledges things, as densely as two cores bear. */
export function scenarioOf(name: DrillName, seed: number): string {
  const { faults } = drillKinds[name];
  return `version: 1
name: ${name}
about: A short drill in which a fault of the shop can show itself.
hypothesis: The audit finds it.
seed: ${seed}
load:
  mix: {browse: 30, cart: 35, checkout: 35}
  stages:
    - {for: 1s, rate: 15/s, warmup: true}
    - {for: 8s, rate: 15/s}
faults: [${faults.join(', ')}]
gates: ["success >= 1%"]
`;
}
