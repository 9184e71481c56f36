import { type AttributeValues, type FamilyName, faultFamilies } from '@stormcart/chaos';

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
}

type Making =
  | {
      readonly place: FaultRow['place'];
      /** Absent: something that the drill starts for this kind alone. */
      readonly target?: string;
      readonly attributes: AttributeValues;
    }
  /** Why no drill of these tests can make it. */
  | { readonly place: 'elsewhere'; readonly why: string };

function inside(attributes: AttributeValues = {}): Making {
  return { place: 'inside', attributes };
}

function outside(target: string, attributes: AttributeValues = {}): Making {
  return { place: 'outside', target, attributes };
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
    restart: inside(),
    pause: outside('catalog/2'),
  },
  store: {
    flush: outside('redis', { every: 1_000 }),
    out_of_memory: outside('redis'),
    pause: outside('redis'),
    kill_primary: elsewhere('it needs a replicated Redis, and leaves nothing but a death'),
    read_only: outside('mariadb'),
    slow_queries: outside('mariadb', { delay: 50, table: 'cart*' }),
    lock_table: outside('mariadb', { table: 'product' }),
    exhaust_connections: outside('mariadb'),
    isolate_node: elsewhere('it needs a Galera cluster'),
    poison_message: outside('rabbitmq', { queue: 'cart' }),
    queue_full: outside('rabbitmq', { queue: 'payments' }),
    close_connections: outside('rabbitmq', { every: 1_000 }),
    memory_alarm: outside('rabbitmq'),
    kill_node: inside(),
  },
};

type Made = Exclude<Making, { readonly place: 'elsewhere' }>;

const rows = (Object.keys(faultFamilies) as FamilyName[]).flatMap((family) => {
  const missing = Object.keys(faultFamilies[family].kinds).filter(
    (kind) => !Object.hasOwn(makings[family], kind),
  );
  if (missing.length > 0) throw new Error(`no row says how to make ${family} ${missing.join(', ')}`);
  return Object.entries(makings[family]).map(([kind, making]) => ({ family, kind, making }));
});

export const faultRows: readonly FaultRow[] = rows.flatMap(({ family, kind, making }) =>
  making.place === 'elsewhere' ? [] : [rowOf(family, kind, making)],
);

/** Kinds that these tests cannot make, with why. */
export const missingRows: readonly string[] = rows.flatMap(({ family, kind, making }) =>
  making.place === 'elsewhere' ? [`${family} ${kind}: ${making.why}`] : [],
);

/** Kinds that are over as soon as what they ended is back: they are not on for long. */
export const momentaryRows = faultRows.filter(({ kind }) => /^(?:kill|restart)/.test(kind));

function rowOf(family: FamilyName, kind: string, { place, target, attributes }: Made): FaultRow {
  return { family, kind, place, attributes, target: target ?? ownTarget(family, kind) };
}

function ownTarget(family: FamilyName, kind: string): string {
  switch (family) {
    case 'link':
      return `${kind}->shop`;
    case 'process':
    case 'store':
      return `${kind}/1`;
  }
}
