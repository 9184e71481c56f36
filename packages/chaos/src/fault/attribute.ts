import type { Attribute } from '@stormcart/core';

export type {
  Attribute,
  AttributeValue,
  AttributeValues,
  QuantityAttribute,
  TextAttribute,
  WordAttribute,
} from '@stormcart/core';

/** What a scenario may say about one fault kind. */
export interface FaultKind {
  readonly about: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}
