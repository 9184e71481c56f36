import { splitQuantity, type Unit } from './unit.ts';

/** Base: a fraction between 0 and 1. */
export const share: Unit = {
  name: 'share',
  example: '95% or 99.9%',
  parse: (text) => {
    const split = splitQuantity(text);
    if (split === undefined) return undefined;
    const [percent, suffix] = split;
    return suffix === '%' && percent <= 100 ? Number((percent / 100).toPrecision(15)) : undefined;
  },
  format: (fraction) => `${Number((fraction * 100).toPrecision(15))}%`,
};
