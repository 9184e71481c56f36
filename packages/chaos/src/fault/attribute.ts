import type { Unit } from '@stormcart/core';

/** One setting of a fault kind, as data: scenarios, JSON Schema and error messages are made from it. */
export type Attribute = QuantityAttribute | CountAttribute | WordAttribute | TextAttribute;

/** Quantities and counts are numbers in their base unit, words and texts are strings. */
export type AttributeValue = number | string;

export type AttributeValues = Readonly<Record<string, AttributeValue>>;

/** Written with its unit; its value is in the unit's base (ms, bytes per second, a fraction). */
export interface QuantityAttribute {
  readonly kind: 'quantity';
  readonly about: string;
  readonly unit: Unit;
  readonly min: number;
  readonly max: number;
  /** The value when absent; without one the setting must be given. */
  readonly usual?: number;
  /** It may be absent and then has no value. */
  readonly isOptional?: true;
}

/** A whole number of things that have no unit: a status, a number of connections. */
export interface CountAttribute {
  readonly kind: 'count';
  readonly about: string;
  readonly min: number;
  readonly max: number;
  readonly usual?: number;
}

/** One of a few words. */
export interface WordAttribute {
  readonly kind: 'word';
  readonly about: string;
  readonly accepted: readonly string[];
  readonly usual?: string;
}

/** Free text of one line. */
export interface TextAttribute {
  readonly kind: 'text';
  readonly about: string;
  readonly example: string;
  readonly lengthMax: number;
  readonly usual?: string;
}

/** What a scenario may say about one fault kind. */
export interface FaultKind {
  readonly about: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}
