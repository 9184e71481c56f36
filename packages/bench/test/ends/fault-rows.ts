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

type Making = Pick<FaultRow, 'place' | 'attributes'>;

const inside: Making = { place: 'inside', attributes: {} };
const outside: Making = { place: 'outside', attributes: {} };

/** One row for each kind of each family; a test asserts that none is missing. */
const makings: Readonly<Record<FamilyName, Readonly<Record<string, Making>>>> = {
  link: {
    latency: { ...inside, attributes: { latency: 50 } },
    bandwidth: { ...inside, attributes: { rate: 10_000 } },
    slow_close: { ...inside, attributes: { delay: 50 } },
    timeout: inside,
    reset_peer: inside,
    slicer: { ...inside, attributes: { average_size: 10 } },
    limit_data: { ...inside, attributes: { bytes: 100 } },
    corrupt: inside,
    down: inside,
    noop: inside,
  },
  process: {
    kill: inside,
    restart: inside,
    pause: outside,
  },
  http: {
    abort: inside,
    delay: { ...inside, attributes: { delay: 50 } },
    wrong_body: inside,
    cut_body: inside,
    lose_reply: inside,
  },
  // Its kinds are the system's to say; this one says none.
  world: {},
};

export const faultRows: readonly FaultRow[] = (Object.keys(faultFamilies) as FamilyName[]).flatMap((family) =>
  Object.keys(faultFamilies[family].kinds).map((kind) => {
    const making = makings[family][kind];
    if (making === undefined) throw new Error(`no row says how to make ${family} ${kind} and how to see it`);
    return { ...making, family, kind, target: targetOf(family, kind, making.place) };
  }),
);

function targetOf(family: FamilyName, kind: string, place: FaultRow['place']): string {
  switch (family) {
    case 'link':
      return `${kind}->victim`;
    case 'http':
      return `http-${kind}->victim`;
    case 'world':
      return kind;
    case 'process':
      return `${place}-${kind}/1`;
  }
}
