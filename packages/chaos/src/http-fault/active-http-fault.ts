import { type AttributeValues, createRandom, type Random, type RequestHead } from '@stormcart/core';
import type { HttpEffect } from './http-fault-kind.ts';
import { type HttpFaultName, httpFaultTable } from './http-fault-table.ts';
import { createRequestFilter, type RequestFilter } from './request-filter.ts';

/** A request under way that a fault befell. */
export interface Befallen {
  /** The fault is over: what is held back goes on, what was to come does not. */
  onFaultEnd(fault: ActiveHttpFault): void;
}

export interface ActiveHttpFaultOptions {
  /** Unique among the active ones. */
  readonly name: string;
  readonly kind: HttpFaultName;
  /** The forwarders whose requests it may befall. */
  readonly proxies: readonly string[];
  /** Complete and checked. */
  readonly attributes: AttributeValues;
  /** After this long it ends by itself. */
  readonly ttlMs: number;
  /** The same seed picks the same requests: the third on a link that matches, the seventh, and so on. */
  readonly seed: string;
}

interface Draws {
  readonly choice: Random;
  readonly effect: Random;
}

/** A fault on HTTP from being added to being over: picks requests, and counts those that felt it. */
export class ActiveHttpFault {
  readonly options: ActiveHttpFaultOptions;
  readonly #matches: RequestFilter;
  readonly #share: number;
  readonly #activeMax: number;
  readonly #befallen = new Set<Befallen>();
  /** By forwarder, so that what one link is asked does not change the choice on another. */
  readonly #draws = new Map<string, Draws>();
  #hitCount = 0;
  #isOver = false;

  constructor(options: ActiveHttpFaultOptions) {
    const { route, method, header, share, max_active: activeMax } = options.attributes;
    this.options = options;
    this.#matches = createRequestFilter({
      route: String(route),
      method: String(method),
      header: String(header),
    });
    this.#share = Number(share);
    this.#activeMax = Number(activeMax);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Requests that felt it. */
  get hitCount(): number {
    return this.#hitCount;
  }

  /** Requests that it holds now. */
  get activeCount(): number {
    return this.#befallen.size;
  }

  /** What it does to this request; undefined when it spares it. */
  draw(proxy: string, head: Parameters<RequestFilter>[0]): HttpEffect | undefined {
    if (this.#isOver || !this.options.proxies.includes(proxy) || !this.#matches(head)) return undefined;
    const { choice, effect } = this.#drawsFor(proxy);
    // Drawn for every request that matches, whatever else spares it: else chance would depend on the moment.
    const isPicked = choice.chance(this.#share);
    if (!isPicked || this.#befallen.size >= this.#activeMax) return undefined;
    return httpFaultTable[this.options.kind].effect(this.options.attributes, effect);
  }

  befall(request: Befallen): void {
    this.#befallen.add(request);
  }

  /** The request has come to its end, one way or another. */
  letGo(request: Befallen): void {
    this.#befallen.delete(request);
  }

  /** The request feels it now. */
  countHit(): void {
    this.#hitCount += 1;
  }

  end(): void {
    this.#isOver = true;
    for (const request of this.#befallen) request.onFaultEnd(this);
  }

  #drawsFor(proxy: string): Draws {
    const known = this.#draws.get(proxy);
    if (known !== undefined) return known;
    const choice = createRandom(`${this.options.seed}/${proxy}/${this.options.name}`);
    const draws = { choice, effect: choice.fork('effect') };
    this.#draws.set(proxy, draws);
    return draws;
  }
}

/** A fault and what it does to one request. */
export interface Affliction {
  readonly fault: ActiveHttpFault;
  readonly effect: HttpEffect;
}

/**
 * What befalls a request: every delay, and the first fault that decides on the answer. Two of those could not both
 * happen to it; the later one is not counted.
 */
export function afflictionsOf(
  faults: Iterable<ActiveHttpFault>,
  proxy: string,
  head: RequestHead,
): readonly Affliction[] {
  const afflictions: Affliction[] = [];
  let isDecided = false;
  for (const fault of faults) {
    const effect = fault.draw(proxy, head);
    if (effect === undefined || (effect.kind !== 'hold' && isDecided)) continue;
    if (effect.kind !== 'hold') isDecided = true;
    afflictions.push({ fault, effect });
  }
  return afflictions;
}
