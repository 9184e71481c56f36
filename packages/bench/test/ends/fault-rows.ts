import { type AttributeValues, type FamilyName, faultFamilies } from '@stormcart/chaos';

/** How a drill that is about to be killed makes one kind of fault. */
export interface FaultRow {
  readonly family: FamilyName;
  readonly kind: string;
  /** What is broken; each row has something of its own, so that all can be on at once. */
  readonly target: string;
  /**
   * `outside`: it was there before the drill and outlives it, so what is left of the fault can be seen on it.
   * `inside`: it belongs to the drill, so what must not be left is the thing itself.
   */
  readonly place: 'outside' | 'inside';
  readonly attributes: AttributeValues;
}

interface Making {
  readonly place: FaultRow['place'];
  /** Absent: something that the drill starts for this kind alone. */
  readonly target?: string;
  readonly attributes: AttributeValues;
}

function inside(attributes: AttributeValues = {}): Making {
  return { place: 'inside', attributes };
}

function outside(target: string, attributes: AttributeValues = {}): Making {
  return { place: 'outside', target, attributes };
}

/** One row for each kind of each family; who adds a kind is told that its row is missing. */
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
};

export const faultRows: readonly FaultRow[] = (Object.keys(faultFamilies) as FamilyName[]).flatMap((family) =>
  Object.keys(faultFamilies[family].kinds).map((kind) => {
    const making = makings[family][kind];
    if (making === undefined) throw new Error(`no row says how to make ${family} ${kind} and how to see it`);
    return { target: ownTarget(family, kind), ...making, family, kind };
  }),
);

function ownTarget(family: FamilyName, kind: string): string {
  switch (family) {
    case 'link':
      return `${kind}->shop`;
    case 'process':
      return `${kind}/1`;
  }
}
