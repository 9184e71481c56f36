import { type AttributeValues, type FamilyName, faultFamilies, faultKinds } from '@stormcart/chaos';
import { outsideSwitch } from './outside-switch.ts';

/** How a drill that is about to be killed makes one kind of fault. */
export interface FaultRow {
  readonly family: FamilyName;
  readonly kind: string;
  /** What is broken. */
  readonly target: string;
  /**
   * `outside`: it was there before the drill and outlives it, so what is left of the fault can be seen on it.
   * `inside`: it belongs to the drill, so what must not be left is the thing itself.
   */
  readonly place: 'outside' | 'inside';
  readonly attributes: AttributeValues;
  /** Begins this much later than its turn: it would keep the others from beginning. */
  readonly lateMs: number;
}

type Making =
  | {
      readonly place: FaultRow['place'];
      /** Absent: something that the drill starts for this kind alone. */
      readonly target?: string;
      readonly attributes: AttributeValues;
      readonly lateMs?: number;
    }
  /** Why no drill of these tests can make it. */
  | { readonly place: 'elsewhere'; readonly why: string };

function inside(attributes: AttributeValues = {}): Making {
  return { place: 'inside', attributes };
}

function outside(target: string, attributes: AttributeValues = {}): Made {
  return { place: 'outside', target, attributes };
}

/** Reaching a store takes a busy machine some hundred milliseconds. */
const LATE_MS = 2_000;

function late(making: Made): Making {
  return { ...making, lateMs: LATE_MS };
}

function elsewhere(why: string): Making {
  return { place: 'elsewhere', why };
}

/** One row for each kind of each family, in the order in which a drill makes them: none may be in the next one's way. */
const makings: Readonly<Record<FamilyName, Readonly<Record<string, Making>>>> = {
  link: {
    latency: inside({ latency: 50 }),
    bandwidth: inside({ rate: 10_000 }),
    slow_close: inside({ delay: 50 }),
    timeout: inside(),
    reset_peer: inside(),
    slicer: inside({ average_size: 10 }),
    limit_data: inside({ bytes: 100 }),
    corrupt: inside(),
    down: inside(),
    noop: inside(),
  },
  process: {
    kill: inside(),
    terminate: inside(),
    restart: inside(),
    crash_loop: inside({ every: 500 }),
    cpu_burn: outside('orders/1', { share: 0.05 }),
    memory_hog: outside('orders/1', { size: 4_194_304 }),
    disk_fill: outside('redis', { size: 1_048_576 }),
    // All three in one process: an inspector needs descriptors, which have to be lent while there are none.
    event_loop_stall: outside('catalog/1', { stall: 20, every: 500 }),
    clock_step: outside('catalog/1', { by: 3_600_000 }),
    fd_exhaustion: outside('catalog/1', { leave: 20 }),
    pause: outside('catalog/2'),
  },
  store: {
    // First of all, and far from the last: it needs a connection and a broker that takes messages.
    poison_message: outside('rabbitmq', { queue: 'cart' }),
    flush: outside('redis', { every: 1_000 }),
    out_of_memory: outside('redis'),
    pause: late(outside('redis')),
    kill_primary: elsewhere('it needs a replicated Redis, and leaves nothing but a death'),
    read_only: outside('mariadb'),
    slow_queries: late(outside('mariadb', { delay: 50, table: 'cart*' })),
    lock_table: late(outside('mariadb', { table: 'product' })),
    exhaust_connections: outside('mariadb'),
    isolate_node: elsewhere('it needs a Galera cluster'),
    queue_full: outside('rabbitmq', { queue: 'payments' }),
    memory_alarm: late(outside('rabbitmq')),
    kill_node: inside(),
    close_connections: late(outside('rabbitmq', { every: 1_000 })),
  },
  http: {
    abort: inside(),
    delay: inside({ delay: 50 }),
    wrong_body: inside(),
    cut_body: inside(),
    lose_reply: inside(),
  },
  world: {
    rain: inside(),
  },
};

type Made = Exclude<Making, { readonly place: 'elsewhere' }>;

const rows = (Object.keys(faultFamilies) as FamilyName[]).flatMap((family) => {
  const missing = Object.keys(faultKinds(faultFamilies[family], { switches: [outsideSwitch] })).filter(
    (kind) => !Object.hasOwn(makings[family], kind),
  );
  if (missing.length > 0) throw new Error(`no row says how to make ${family} ${missing.join(', ')}`);
  return Object.entries(makings[family]).map(([kind, making]) => ({ family, kind, making }));
});

export const faultRows: readonly FaultRow[] = rows.flatMap(({ family, kind, making }) =>
  making.place === 'elsewhere' ? [] : [rowOf(family, kind, making)],
);

/** When the last of them begins, in ms from the start of the load. */
export function allBegunMs(everyMs: number): number {
  return Math.max(...faultRows.map((_, index) => beginsMs(index, everyMs)));
}

/** When this row's fault begins, in ms from the start of the load. */
export function beginsMs(index: number, everyMs: number): number {
  return (index + 1) * everyMs + (faultRows[index]?.lateMs ?? 0);
}

/** Kinds that these tests cannot make, with why. */
export const missingRows: readonly string[] = rows.flatMap(({ family, kind, making }) =>
  making.place === 'elsewhere' ? [`${family} ${kind}: ${making.why}`] : [],
);

/** What its fault is called in a drill. */
export function faultIdOf({ family, kind }: FaultRow): string {
  return `${family}-${kind.replaceAll('_', '-')}`;
}

/** Kinds that are over as soon as what they ended is back: they are not on for long. */
export const momentaryRows = faultRows.filter(({ kind }) => /^(?:kill|restart|terminate)/.test(kind));

function rowOf(family: FamilyName, kind: string, { place, target, attributes, lateMs = 0 }: Made): FaultRow {
  return { family, kind, place, attributes, lateMs, target: target ?? ownTarget(family, kind) };
}

function ownTarget(family: FamilyName, kind: string): string {
  switch (family) {
    case 'link':
      return `${kind}->shop`;
    case 'http':
      return `http-${kind}->shop`;
    case 'world':
      return outsideSwitch.name;
    case 'process':
    case 'store':
      return `${kind}/1`;
  }
}
