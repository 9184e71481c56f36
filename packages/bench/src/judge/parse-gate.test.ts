import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGate } from './parse-gate.ts';

describe('a gate text', () => {
  it.each([
    ['availability >= 99%', { metric: 'availability', labels: {}, operator: '>=', limit: 0.99 }],
    ['p99.9<1.5s', { metric: 'p99.9', labels: {}, operator: '<', limit: 1_500 }],
    [
      '  p50 { route = product , journey=browse,during=hole } <= 2m ',
      {
        metric: 'p50',
        labels: { route: 'product', journey: 'browse', during: 'hole' },
        operator: '<=',
        limit: 120_000,
      },
    ],
    [
      'p99{route=product} < 500ms  over 10s ',
      { metric: 'p99', labels: { route: 'product' }, operator: '<', limit: 500, windowMs: 10_000 },
    ],
    ['max{} > 0ms', { metric: 'max', labels: {}, operator: '>', limit: 0 }],
    ['rate >= 600/m', { metric: 'rate', labels: {}, operator: '>=', limit: 10 }],
    [
      'count{outcome=timeout} == 0',
      { metric: 'count', labels: { outcome: 'timeout' }, operator: '==', limit: 0 },
    ],
    [
      'breaker{name=catalog.redis,opened} >= 1',
      { metric: 'breaker', labels: { name: 'catalog.redis', opened: true }, operator: '>=', limit: 1 },
    ],
  ])('%s is read', (text, expected) => {
    expect(parseGate(text, 3)).toEqual({ kind: 'ok', gate: { text: text.trim(), line: 3, ...expected } });
  });

  it('reports every wrong label and the limit together', () => {
    const parsed = parseGate('p99{route=a,rout=b,during} < 5', 1, { route: ['product'] });
    expect(parsed).toMatchObject({
      kind: 'bad',
      problems: [
        { offset: 10, message: 'unknown route `a`', accepted: ['product'] },
        { offset: 12, message: 'unknown label `rout` of `p99`', accepted: ['route', 'journey', 'during'] },
        { offset: 19, message: 'the label `during` needs a value, as in during=…' },
        { offset: 29 },
      ],
    });
  });

  it('is not checked against names that are not known', () => {
    expect(parseGate('p99{route=anything} < 1s', 1, {}).kind).toBe('ok');
    expect(parseGate('p99{route=anything} < 1s', 1, { route: [] }).kind).toBe('bad');
  });

  it('of any kind is read or refused with a place inside it', () => {
    const piece = fc.constantFrom(
      'p99',
      'p99.9',
      '{',
      '}',
      '=',
      ',',
      'route',
      ' ',
      '<',
      '>=',
      '5s',
      '1%',
      '__proto__',
      'é',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseGate(text, 1);
        if (parsed.kind === 'ok') {
          expect(Number.isFinite(parsed.gate.limit)).toBe(true);
          return;
        }
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { offset } of parsed.problems) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});
