import { expect, it } from 'vitest';
import { randomHex } from './random-hex.ts';

it('never gives the same bytes twice, over many fillings of its pool', () => {
  const given = Array.from({ length: 10_000 }, () => randomHex(24));
  expect(new Set(given).size).toBe(given.length);
  for (const text of given) expect(text).toMatch(/^[0-9a-f]{48}$/);
});

it('has each bit set about half of the time', () => {
  const bytes = Buffer.from(Array.from({ length: 1_000 }, () => randomHex(100)).join(''), 'hex');
  for (let bit = 0; bit < 8; bit += 1) {
    const share = bytes.filter((byte) => ((byte >> bit) & 1) === 1).length / bytes.length;
    // Five standard deviations of 100,000 throws: once in two million runs.
    expect(Math.abs(share - 0.5)).toBeLessThan(5 / (2 * Math.sqrt(bytes.length)));
  }
});
