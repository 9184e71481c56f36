import { createRandom, type Random } from '@stormcart/core';
import type { LinkFaultName } from '../fault/link/link-kinds.ts';
import type { ToxicAction, ToxicAttributes } from '../toxic/toxic.ts';
import type { Lease } from './lease.ts';

/** Upstream: what the client sends; downstream: what the server sends. Toxiproxy's words. */
export type Stream = 'upstream' | 'downstream';

/** Which connections a toxic may meet: those that are open when it is added, those that come later, or both. */
export type Scope = 'all' | 'new' | 'existing';

/** How much a toxic did. */
export interface ToxicHits {
  /** Connections of which it touched data, or which it ended. */
  readonly connections: number;
  readonly chunks: number;
}

/** A toxic on one proxy, from being added to being removed. A change makes another one with the same order and hits. */
export interface ActiveToxic {
  readonly name: string;
  readonly type: LinkFaultName;
  readonly stream: Stream;
  /** Share of the connections that it meets, 0 to 1. */
  readonly toxicity: number;
  readonly attributes: ToxicAttributes;
  readonly scope: Scope;
  /** Decides which connections it meets; undefined: the process's seed does. */
  readonly seed: string | undefined;
  /** When it is over, it ends by itself; undefined: it stays until it is removed, as in Toxiproxy. */
  readonly lease: Lease | undefined;
  readonly action: ToxicAction;
  /** Counts the proxy's toxics: they act in this order. */
  readonly order: number;
  /** How many connections had come when it was added: those are the existing ones. */
  readonly connectionsBefore: number;
  readonly hits: { connections: number; chunks: number };
}

type Draw = Pick<ActiveToxic, 'name' | 'stream' | 'toxicity' | 'seed'>;

/**
 * The random stream of a toxic on a connection, undefined when the connection is spared. It depends on
 * nothing but the names and the connection's number, so the same seed always picks the same ones, and
 * `slow_upstream` and `slow_downstream` pick the same ones as each other. A higher toxicity picks the same ones
 * and more.
 */
export function drawConnection(toxic: Draw, seed: string, connection: number): Random | undefined {
  const draw = toxic.name.replace(/_(?:up|down)stream$/, '');
  const random = createRandom(`${toxic.seed ?? seed}/${draw}/${connection}`);
  return random.chance(toxic.toxicity) ? random.fork(toxic.stream) : undefined;
}

/** Whether the toxic may meet the connection of this number. */
export function isInScope({ scope, connectionsBefore }: ActiveToxic, connection: number): boolean {
  switch (scope) {
    case 'all':
      return true;
    case 'new':
      return connection > connectionsBefore;
    case 'existing':
      return connection <= connectionsBefore;
  }
}
