import { duration } from '@stormcart/core';

/** Milliseconds as people say them: `3.2 ms`, `420 ms`, `12.4 s`. */
export function formatMs(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1_000).toFixed(ms < 100_000 ? 1 : 0)} s`;
}

/** A share with as many digits as keep it from reading as 100 % when it is not. */
export function formatShare(fraction: number): string {
  if (fraction === 1) return '100 %';
  for (const digits of [1, 2, 3, 4]) {
    const text = (fraction * 100).toFixed(digits);
    if (!text.startsWith('100')) return `${text} %`;
  }
  return '99.9999 %';
}

/** `12,345` */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A point or span of the scenario's own time, as one would write it there. */
export function formatSpan(ms: number): string {
  return duration.format(Math.round(ms / 100) * 100);
}

/** `1 request`, `2 requests`, `3 processes`. */
export function plural(count: number, noun: string): string {
  const ending = /(?:[sxz]|[cs]h)$/.test(noun) ? 'es' : 's';
  return `${formatCount(count)} ${noun}${count === 1 ? '' : ending}`;
}
