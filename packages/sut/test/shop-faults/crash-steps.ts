import type { CrashPoint } from './crash-preload.ts';

/** Where a process is killed; what it is about is known once there is an order. */
export type Point = Omit<CrashPoint, 'about'>;

/** At which steps processes are killed, by what they are doing. */
export interface CrashSteps {
  /** Orders: an order is made. */
  readonly creation: readonly Point[];
  /** Orders: its payment is asked for. */
  readonly request: readonly Point[];
  /** Orders: it is cancelled. */
  readonly cancellation: readonly Point[];
  /** Worker: the outbox is carried to the broker. */
  readonly relay: readonly Point[];
  /** Worker: it is paid. */
  readonly payment: readonly Point[];
  /** Worker: its card is refused. */
  readonly refusal: readonly Point[];
  /** Worker: its money is given back. */
  readonly refund: readonly Point[];
  /** Worker: it was abandoned. */
  readonly expiry: readonly Point[];
}

const creation: readonly Point[] = [
  { when: 'before', call: 'INTO idempotency' },
  { when: 'after', call: 'INTO idempotency' },
  { when: 'after', call: '^BEGIN NOT ATOMIC' },
  { when: 'after', call: '^UPDATE stock' },
  { when: 'after', call: '^COMMIT' },
];

const request: readonly Point[] = [
  { when: 'after', call: '^UPDATE orders' },
  { when: 'after', call: 'INTO outbox' },
  { when: 'after', call: '^COMMIT' },
];

const cancellation: readonly Point[] = [
  { when: 'after', call: '^UPDATE orders' },
  { when: 'after', call: '^UPDATE stock' },
  { when: 'after', call: '^COMMIT' },
];

const relay: readonly Point[] = [
  { when: 'after', call: '^SELECT id, topic' },
  { when: 'after', call: '^publish payments' },
  { when: 'after', call: '^DELETE FROM outbox' },
  { when: 'after', call: '^COMMIT', within: 'DELETE FROM outbox' },
];

const settlement: readonly Point[] = [
  { when: 'before', call: '^UPDATE orders' },
  { when: 'after', call: '^UPDATE orders' },
  { when: 'after', call: 'INTO stock_move' },
  { when: 'after', call: '^UPDATE stock' },
  { when: 'after', call: '^COMMIT', within: 'UPDATE stock' },
];

const payment: readonly Point[] = [
  { when: 'before', call: '^POST .*/charges' },
  { when: 'after', call: '^POST .*/charges' },
  ...settlement,
  { when: 'before', call: '^ack' },
];

const refund: readonly Point[] = [
  { when: 'after', call: '^POST .*/voids' },
  { when: 'after', call: '^POST .*/refunds' },
  { when: 'before', call: '^UPDATE orders' },
  { when: 'after', call: '^UPDATE orders' },
  { when: 'after', call: '^COMMIT', within: 'INTO inbox' },
  { when: 'before', call: '^ack' },
];

const expiry: readonly Point[] = [
  { when: 'after', call: '^UPDATE orders' },
  { when: 'after', call: '^COMMIT', within: 'UPDATE stock' },
];

/** Every step of the saga that leaves a process. */
export const everyStep: CrashSteps = {
  creation,
  request,
  cancellation,
  relay,
  payment,
  refusal: settlement,
  refund,
  expiry,
};

/** The last step of each kind: the effect is stored and nobody was told. All others: every-crash.soak.ts. */
const lastOf = <Item>(items: readonly Item[]): readonly Item[] => items.slice(-1);

export const lastSteps: CrashSteps = {
  creation: lastOf(creation),
  request: lastOf(request),
  cancellation: lastOf(cancellation),
  relay: relay.filter(({ call }) => call.includes('publish')),
  payment: payment.filter(({ when, call }) => when === 'after' && call.includes('charges')),
  refusal: [],
  refund: refund.filter(({ call }) => call.includes('refunds')),
  expiry: lastOf(expiry),
};
