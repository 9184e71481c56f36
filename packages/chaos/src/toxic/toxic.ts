import type { Random } from '@stormcart/core';
import type { z } from 'zod';

/** A piece of a chunk and the time from which it may go on. */
export interface Delivery {
  readonly data: Buffer;
  /** On the clock that `nowMs` came from. */
  readonly dueMs: number;
}

/**
 * What a toxic does to one direction of one connection. It only decides: the stage that asks it
 * holds the data, keeps its order and owns the timers.
 */
export interface ToxicEffect {
  /** When and how the toxic ends the whole connection by itself, whatever is sent. */
  readonly ending?: { readonly kind: 'close' | 'reset'; readonly dueMs: number };
  /** The stage reads no further while it holds this many bytes. */
  readonly heldBytesMax: number;
  /** What goes on of a chunk, in order; nothing means that it is swallowed. */
  data(chunk: Buffer, nowMs: number): readonly Delivery[];
  /** When the sender's end of stream (or its reset) goes on; undefined: not while the toxic lasts. */
  endDueMs(nowMs: number): number | undefined;
  /** What removing the toxic does: what is held goes on at once, or the connection is closed. */
  readonly removal: 'release' | 'close';
}

interface ToxicContext {
  readonly nowMs: number;
  /** The same stream for the same seed, toxic and connection. */
  readonly random: Random;
}

/** Where a toxic acts: on each connection that it meets, or by closing the listener. */
export type ToxicAction =
  | { readonly kind: 'connection'; readonly begin: (context: ToxicContext) => ToxicEffect }
  | { readonly kind: 'listener' };

export type ToxicAttributes = Readonly<Record<string, number>>;

/** One kind of toxic. Attributes have Toxiproxy's names and units. */
export interface Toxic {
  /** Throws a `ZodError` that names every attribute that is wrong. */
  parse(attributes: unknown): { readonly attributes: ToxicAttributes; readonly action: ToxicAction };
}

/** Ties a kind's schema to what it does, so that `bind` sees parsed attributes only. */
export function defineToxic<Attributes extends ToxicAttributes>(
  schema: z.ZodType<Attributes>,
  bind: (attributes: Attributes) => ToxicAction,
): Toxic {
  return {
    parse: (given) => {
      const attributes = schema.parse(given);
      return { attributes, action: bind(attributes) };
    },
  };
}

/** A day: longer than any drill, short enough for a timer. */
export const DELAY_MS_MAX = 86_400_000;
