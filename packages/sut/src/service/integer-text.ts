import { z } from 'zod';

/** A whole number as digits in a path or a query; `Number()` would also take `0x11`, `1e3` and nothing at all. */
export function integerText(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().int().min(min).max(max));
}
