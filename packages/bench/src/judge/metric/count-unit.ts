import type { Unit } from '@stormcart/core';

/** A plain number of things: the one quantity that is written without a suffix. */
export const countUnit: Unit = {
  name: 'number',
  example: '0, 1 or 250',
  parse: (text) => (/^\d{1,12}$/.test(text) ? Number(text) : undefined),
  format: (value) => String(value),
};
