import type { Clock } from '@stormcart/core';
import type { LinkFaultName } from '../fault/link/link-kinds.ts';
import { toxicTable } from '../toxic/toxic-table.ts';
import type { ActiveToxic, Scope, Stream, ToxicHits } from './active-toxic.ts';
import { startLease } from './lease.ts';
import { badBody, parsed, refuse } from './refusal.ts';

export interface NewToxic {
  readonly name: string;
  readonly type: LinkFaultName;
  readonly stream: Stream;
  readonly toxicity: number;
  /** Not checked yet. */
  readonly attributes: unknown;
  readonly scope?: Scope;
  readonly seed?: string | undefined;
  readonly ttlMs?: number | undefined;
}

/** What is absent stays as it is. */
export interface ToxicChange {
  /** Not checked yet; merged with those that it has. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  readonly toxicity?: number | undefined;
  /** Begins anew. */
  readonly ttlMs?: number | undefined;
}

/** Past toxics whose hits are still told: more than any drill has on one link. */
const REMEMBERED_TOXICS_MAX = 256;

/** The toxics of one proxy, in the order in which they were added and act. It changes no connection. */
export class ToxicList {
  readonly #clock: Clock;
  readonly #onExpired: (toxic: ActiveToxic) => void;
  readonly #toxics = new Map<string, ActiveToxic>();
  readonly #hits = new Map<string, ToxicHits>();
  #added = 0;

  constructor(clock: Clock, onExpired: (toxic: ActiveToxic) => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  all(): readonly ActiveToxic[] {
    return [...this.#toxics.values()];
  }

  /** Throws a `ChaosError` TOXIC_NOT_FOUND. */
  get(name: string): ActiveToxic {
    const toxic = this.#toxics.get(name);
    if (toxic === undefined) throw refuse('TOXIC_NOT_FOUND');
    return toxic;
  }

  has(name: string): boolean {
    return this.#toxics.has(name);
  }

  /** By toxic name, past ones included. */
  hits(): Readonly<Record<string, ToxicHits>> {
    return Object.fromEntries(this.#hits);
  }

  /** Throws a `ChaosError` TOXIC_EXISTS, then BAD_REQUEST for its attributes. */
  add(spec: NewToxic, connectionsBefore: number): ActiveToxic {
    if (this.has(spec.name)) throw refuse('TOXIC_EXISTS');
    checkToxic(spec);
    const { ttlMs, ...rest } = spec;
    this.#added += 1;
    const toxic: ActiveToxic = {
      ...rest,
      ...toxicTable[spec.type].parse(spec.attributes),
      scope: spec.scope ?? 'all',
      seed: spec.seed,
      lease: this.#lease(spec.name, ttlMs),
      connectionsBefore,
      order: this.#added,
      hits: { connections: 0, chunks: 0 },
    };
    this.#toxics.set(spec.name, toxic);
    this.#remember(toxic);
    return toxic;
  }

  /** Throws a `ChaosError` TOXIC_NOT_FOUND, then BAD_REQUEST for what is wrong; nothing has changed then. */
  change(name: string, change: ToxicChange): { readonly before: ActiveToxic; readonly after: ActiveToxic } {
    const before = this.get(name);
    const { toxicity = before.toxicity, ttlMs } = change;
    const attributes = { ...before.attributes, ...change.attributes };
    checkToxic({ type: before.type, toxicity, attributes });
    if (ttlMs !== undefined) before.lease?.cancel();
    const after: ActiveToxic = {
      ...before,
      ...toxicTable[before.type].parse(attributes),
      toxicity,
      lease: ttlMs === undefined ? before.lease : this.#lease(name, ttlMs),
    };
    this.#toxics.set(name, after);
    return { before, after };
  }

  /** False when it had ended before. */
  remove(toxic: ActiveToxic): boolean {
    if (this.#toxics.get(toxic.name) !== toxic) return false;
    toxic.lease?.cancel();
    return this.#toxics.delete(toxic.name);
  }

  #lease(name: string, ttlMs: number | undefined): ActiveToxic['lease'] {
    if (ttlMs === undefined) return undefined;
    return startLease(this.#clock, ttlMs, () => {
      const toxic = this.#toxics.get(name);
      if (toxic !== undefined) this.#onExpired(toxic);
    });
  }

  #remember({ name, hits }: ActiveToxic): void {
    // Set again, a name moves to the end: the oldest is forgotten first.
    this.#hits.delete(name);
    this.#hits.set(name, hits);
    const [oldest] = this.#hits.keys();
    if (this.#hits.size > REMEMBERED_TOXICS_MAX && oldest !== undefined) this.#hits.delete(oldest);
  }
}

/** Throws a `ChaosError` BAD_REQUEST that names what is wrong and what is accepted. */
export function checkToxic(spec: Pick<NewToxic, 'type' | 'toxicity' | 'attributes'>): void {
  const { type, toxicity, attributes } = spec;
  const { action } = parsed(() => toxicTable[type].parse(attributes), ['attributes']);
  if (!(toxicity >= 0 && toxicity <= 1)) throw badBody('toxicity: accepted is a number from 0 to 1');
  // It refuses or accepts everybody.
  if (action.kind === 'listener' && toxicity !== 1) throw badBody(`toxicity: accepted for ${type} is 1`);
}
