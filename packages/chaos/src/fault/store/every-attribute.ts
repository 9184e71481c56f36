import { duration } from '@stormcart/core';
import type { QuantityAttribute } from '../attribute.ts';

/** A day: longer than any drill. */
const DAY_MS = 86_400_000;

/** For what happens in a moment: once, or again and again while the fault lasts. */
export const everyAttribute: QuantityAttribute = {
  kind: 'quantity',
  about: 'how long until it happens again; 0ms: only once',
  unit: duration,
  min: 0,
  max: DAY_MS,
  usual: 0,
};
