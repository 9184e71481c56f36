import { createRandom, type Random } from '@stormcart/core';
import type { LinkFaultName } from '../fault/link/link-kinds.ts';
import type { ToxicAction, ToxicAttributes } from '../toxic/toxic.ts';

/** Upstream: what the client sends; downstream: what the server sends. Toxiproxy's words. */
export type Stream = 'upstream' | 'downstream';

/** How much a toxic did. */
export interface ToxicHits {
  /** Connections of which it touched data, or which it ended. */
  readonly connections: number;
  readonly chunks: number;
}

/** A toxic on one proxy, from being added to being removed. */
export interface ActiveToxic {
  readonly name: string;
  readonly type: LinkFaultName;
  readonly stream: Stream;
  /** Share of the connections that it meets, 0 to 1. */
  readonly toxicity: number;
  readonly attributes: ToxicAttributes;
  /** After this long it ends by itself; undefined: it stays until it is removed, as in Toxiproxy. */
  readonly ttlMs: number | undefined;
  readonly action: ToxicAction;
  readonly hits: { connections: number; chunks: number };
}

/**
 * The random stream of a toxic on a connection, undefined when the connection is spared. It depends on
 * nothing but the names and the connection's number, so the same seed always picks the same ones, and
 * `slow_upstream` and `slow_downstream` pick the same ones as each other.
 */
export function drawConnection(
  toxic: Pick<ActiveToxic, 'name' | 'stream' | 'toxicity'>,
  seed: string,
  connection: number,
): Random | undefined {
  const draw = toxic.name.replace(/_(?:up|down)stream$/, '');
  const random = createRandom(`${seed}/${draw}/${connection}`);
  return random.chance(toxic.toxicity) ? random.fork(toxic.stream) : undefined;
}
