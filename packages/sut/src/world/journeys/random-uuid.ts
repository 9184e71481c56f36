import type { Random } from '@stormcart/core';

/** A version 4 UUID (RFC 9562 §5.4) that is the same for the same seed. */
export function randomUuid(random: Random): string {
  const digits = random.hex(30);
  const variant = '89ab'[random.integer(0, 3)];
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(12, 15)}`,
    `${variant}${digits.slice(15, 18)}`,
    digits.slice(18, 30),
  ].join('-');
}
