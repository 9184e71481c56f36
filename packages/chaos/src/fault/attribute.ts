import type { Unit } from '@stormcart/core';

/** One setting of a fault kind, as data: scenarios, JSON Schema and error messages are made from it. */
export interface Attribute {
  readonly about: string;
  /** How it is written; its value is in the unit's base (ms, bytes per second, a fraction). */
  readonly unit: Unit;
  readonly min: number;
  readonly max: number;
  /** The value when absent; without one the setting must be given. */
  readonly usual?: number;
}

/** What a scenario may say about one fault kind. */
export interface FaultKind {
  readonly about: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}
