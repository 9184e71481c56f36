import type { Mutation } from '../fixture/mutated-checkout.ts';

/** A short drill in which a fault of the shop can show itself. */
export interface DrillKind {
  /** `load.mix`; every way in which the shop acknowledges things when absent. */
  readonly mix?: string;
  /** Lines of the scenario's `faults`. */
  readonly faults: readonly string[];
  /** What is changed about the shop's seed, for the clean shop as well. */
  readonly setting: readonly Mutation[];
}

/** So few of each product that the popular ones are gone within seconds. */
const SCARCE_STOCK = 3;

/** What is lost stays lost: nobody has to wait three quarters of a minute to be sure. */
const impatientDrain: Mutation = {
  file: 'packages/sut/src/world/snapshot/drain.ts',
  exchanges: [{ from: 'const STANDSTILL_MS = 45_000;', to: 'const STANDSTILL_MS = 12_000;' }],
};

const kinds = {
  calm: { faults: [], setting: [] },
  duplicates: { mix: '{duplicate-submit: 70, client-retry: 30}', faults: [], setting: [] },
  scarce: {
    faults: [],
    setting: [
      {
        file: 'packages/sut/src/schema/install-shop.ts',
        exchanges: [{ from: 'stockEach: 1_000', to: `stockEach: ${SCARCE_STOCK}` }],
      },
    ],
  },
  // Statements take long enough that most payments are between their charge and their commit. Killed more than once,
  // for on a busy machine the first kill can come before the first payment.
  'worker-killed': {
    faults: [
      '{id: slow, at: 2s, for: 7s, link: "worker->mariadb", toxic: latency, latency: 200ms}',
      '{id: kill, at: 4s, for: 2s, process: worker/1, action: kill}',
      '{id: again, at: 6s, for: 1500ms, process: worker/1, action: kill}',
      '{id: last, at: 8s, for: 1s, process: worker/1, action: kill}',
    ],
    setting: [impatientDrain],
  },
  // Most of what is paid is cancelled again, and the provider's answers get lost after the money has moved.
  'replies-lost': {
    faults: [],
    setting: [
      {
        file: 'packages/sut/src/world/payment-provider/payment-mode.ts',
        exchanges: [{ from: 'loseReplyShare: share.default(0),', to: 'loseReplyShare: share.default(0.3),' }],
      },
      {
        file: 'packages/sut/src/world/journeys/checkout.ts',
        exchanges: [
          { from: 'const CANCELLED_SHARE = 0.1;', to: 'const CANCELLED_SHARE = 1;' },
          { from: 'const SHIPPED_SHARE = 0.3;', to: 'const SHIPPED_SHARE = 0;' },
        ],
      },
    ],
  },
  'worker-slow': {
    faults: ['{id: slow, at: 2s, for: 5s, link: "worker->mariadb", toxic: latency, latency: 200ms}'],
    setting: [],
  },
  // Without the sweep, which would make good after half a minute what the relay has lost.
  'relay-cut': {
    faults: ['{id: cut, at: 3s, for: 3s, link: "worker->rabbitmq", toxic: down}'],
    setting: [
      impatientDrain,
      {
        file: 'packages/sut/src/worker/figures.ts',
        exchanges: [{ from: 'stuckAfterSeconds: 30,', to: 'stuckAfterSeconds: 600,' }],
      },
    ],
  },
  'carts-cut': {
    faults: ['{id: cut, at: 3s, for: 3s, link: "account->rabbitmq", toxic: down}'],
    setting: [impatientDrain],
  },
} as const satisfies Readonly<Record<string, DrillKind>>;

export type DrillName = keyof typeof kinds;

export const drillKinds: Readonly<Record<DrillName, DrillKind>> = kinds;

/** As densely as two cores bear. */
export function scenarioOf(name: DrillName, seed: number): string {
  const { faults, mix = '{browse: 30, cart: 35, checkout: 35}' } = drillKinds[name];
  return `version: 1
name: ${name}
about: A short drill in which a fault of the shop can show itself.
hypothesis: The audit finds it.
seed: ${seed}
load:
  mix: ${mix}
  stages:
    - {for: 1s, rate: 15/s, warmup: true}
    - {for: 8s, rate: 15/s}
faults: [${faults.join(', ')}]
gates: ["success >= 1%"]
`;
}
