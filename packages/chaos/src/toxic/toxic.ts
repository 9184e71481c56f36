import type { Random } from '@stormcart/core';
import { z } from 'zod';

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
  /**
   * What goes on of a chunk, in order; nothing means that it is swallowed. It may be a generator: the stage asks
   * for the next piece only when the one before has gone on, so that a thousand tiny pieces are never held at once.
   */
  data(chunk: Buffer, nowMs: number): Iterable<Delivery>;
  /** When the sender's end of stream (or its reset) goes on; undefined: not while the toxic lasts. */
  endDueMs(nowMs: number): number | undefined;
  /** True once nothing more may pass: the connection is closed behind what this toxic has let through. */
  readonly isSpent?: () => boolean;
  /** What removing the toxic does: what is held goes on at once, or the connection is closed. */
  readonly removal: 'release' | 'close';
}

interface ToxicContext {
  readonly nowMs: number;
  /** The same stream for the same seed, toxic and connection. */
  readonly random: Random;
  /** What this toxic has let pass on this connection so far; above 0 only when its attributes were changed. */
  readonly passedBytes: number;
}

/** Where a toxic acts: on each connection that it meets, or by closing the listener. */
export type ToxicAction =
  | { readonly kind: 'connection'; readonly begin: (context: ToxicContext) => ToxicEffect }
  | { readonly kind: 'listener' };

export type ToxicAttributes = Readonly<Record<string, number>>;

/** One kind of toxic. Attributes have Toxiproxy's names and units. */
export interface Toxic {
  /** Ignores what it does not know, as Toxiproxy does. Throws a `ZodError` that names every attribute that is wrong. */
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

/** A number with its bounds, which every message about a wrong one names: `a number from 0 to 86400000 (ms)`. */
export function amount(min: number, max: number, unit: string): z.ZodNumber {
  const error = `accepted is a number from ${min} to ${max} (${unit})`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** The same without a fraction. */
export function wholeAmount(min: number, max: number, unit: string): z.ZodNumber {
  const error = `accepted is a whole number from ${min} to ${max} (${unit})`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A day: longer than any drill, short enough for a timer. */
export const DELAY_MS_MAX = 86_400_000;

/** A toxic that delays nothing holds only what a slow receiver leaves: one read's worth. */
export const UNDELAYED_BYTES_MAX = 65_536;
