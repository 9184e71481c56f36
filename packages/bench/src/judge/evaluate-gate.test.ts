import { duration } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figuresOf, type Measured } from '../../test/fixture/figures.ts';
import { evaluateGate, type GateResult } from './evaluate-gate.ts';
import type { Gate } from './gate.ts';
import { metrics } from './metric/table.ts';
import { parseGate } from './parse-gate.ts';

function gateOf(text: string): Gate {
  const parsed = parseGate(text, 7);
  if (parsed.kind === 'bad') throw new Error(JSON.stringify(parsed.problems));
  return parsed.gate;
}

const evaluate = (text: string, measured: Measured, during?: string): GateResult =>
  evaluateGate(gateOf(text), figuresOf(measured), during);

const everything: Measured = {
  counts: {
    '{}': { planned: 1_000, ok: 990, timeout: 4, rejected: 5, dropped: 1 },
    '{"route":"product","during":"hole"}': { planned: 200, ok: 200 },
  },
  latencyMs: {
    '0.99 {"route":"product","during":"hole"}': 399.9,
    '0.999 {}': 400,
    'max {}': 1_234.567_89,
    'mean {}': 3,
  },
  availability: 0.97,
  longestOutageMs: 1_400,
  recoveryMs: { hole: { fromStartMs: 4_000, fromEndMs: 0 }, fatal: {} },
  measuredMs: 20_000,
  breakers: { 'catalog.redis': { openedCount: 2, refusedCount: 17 } },
};

describe('a gate', () => {
  it.each([
    ['availability >= 97%', 'pass', '97%', '>= 97%'],
    ['availability >= 97.1%', 'fail', '97%', '>= 97.1%'],
    ['success >= 99%', 'pass', '99%', '>= 99%'],
    ['success > 99%', 'fail', '99%', '> 99%'],
    ['success{route=product,during=hole} == 100%', 'pass', '100%', '== 100%'],
    ['p99{route=product,during=hole} < 400ms', 'pass', '399.9ms', '< 400ms'],
    ['p99.9 < 400ms', 'fail', '400ms', '< 400ms'],
    ['p99.9 <= 400ms', 'pass', '400ms', '<= 400ms'],
    ['max < 1s', 'fail', '1.235s', '< 1s'],
    ['mean < 5ms', 'pass', '3ms', '< 5ms'],
    ['rate >= 49/s', 'pass', '49.5/s', '>= 49/s'],
    ['count{outcome=timeout} == 4', 'pass', '4', '== 4'],
    ['count{outcome=connectError} == 0', 'pass', '0', '== 0'],
    ['count{outcome=planned} >= 1001', 'fail', '1000', '>= 1001'],
    ['rejected <= 0.5%', 'pass', '0.5%', '<= 0.5%'],
    ['dropped == 0%', 'fail', '0.1%', '== 0%'],
    ['recovery{fault=hole} <= 3s', 'pass', duration.format(0), '<= 3s'],
    ['recovery{fault=hole,from=end} <= 3s', 'pass', duration.format(0), '<= 3s'],
    ['recovery{fault=hole,from=start} <= 3s', 'fail', '4s', '<= 3s'],
    ['recovery{fault=fatal} <= 1h', 'fail', 'not before the load ended', '<= 1h'],
    ['outage <= 2s', 'pass', '1.4s', '<= 2s'],
    ['breaker{name=catalog.redis,opened} >= 1', 'pass', '2', '>= 1'],
    ['breaker{name=catalog.redis} < 2', 'fail', '2', '< 2'],
    ['breaker{name=catalog.redis,refused} == 17', 'pass', '17', '== 17'],
  ])('%s → %s, measured %s', (text, kind, measuredText, limitText) => {
    expect(evaluate(text, everything)).toMatchObject({ text, line: 7, kind, measuredText, limitText });
  });

  it('gives the measured figure in its base unit, and none for what never happened', () => {
    expect(evaluate('max < 1s', everything).measured).toBe(1_234.567_89);
    expect(evaluate('recovery{fault=fatal} <= 1h', everything)).not.toHaveProperty('measured');
  });

  it('does not print a near miss as a hit', () => {
    const result = evaluate('availability >= 99%', { availability: 0.989_999_9 });
    expect(result).toMatchObject({ kind: 'fail', measuredText: '98.99999%' });
  });

  it.each([
    ['availability >= 0%', 'availability >= 0%: no slice was measured'],
    ['success >= 0%', 'success >= 0%: no request was planned'],
    [
      'success{route=product} >= 0%',
      'success{route=product} >= 0%: no request was planned for route product',
    ],
    ['p99 < 1h', 'p99 < 1h: no request was planned'],
    ['rate >= 0/s', 'rate >= 0/s: no time was measured'],
    ['count{outcome=timeout} == 0', 'count{outcome=timeout} == 0: no request was planned'],
    ['rejected <= 100%', 'rejected <= 100%: no request was planned'],
    ['recovery{fault=hole} <= 1h', 'recovery{fault=hole} <= 1h: nothing was measured around the fault hole'],
    ['outage <= 1h', 'outage <= 1h: no slice was measured'],
    ['breaker{name=a.b} == 0', 'breaker{name=a.b} == 0: no process reported the breaker a.b'],
  ])('%s of nothing is unknown', (text, reason) => {
    expect(evaluate(text, {})).toMatchObject({ kind: 'unknown', measuredText: 'unknown', reason });
    expect(evaluate(text, {})).not.toHaveProperty('measured');
  });

  it('never passes on figures that are no numbers', () => {
    for (const operator of ['<', '<=', '>', '>=', '==']) {
      expect(evaluate(`availability ${operator} 50%`, { availability: Number.NaN }).kind).toBe('unknown');
    }
  });

  it('of every metric without a measurement is unknown, whatever it compares with', () => {
    const labels: Record<string, string> = { fault: 'x', name: 'x', outcome: 'ok' };
    for (const metric of metrics) {
      const required = Object.entries(metric.labels).flatMap(([name, label]) =>
        label.kind !== 'flag' && label.isRequired === true ? [`${name}=${labels[name]}`] : [],
      );
      const braces = required.length === 0 ? '' : `{${required.join(',')}}`;
      for (const operator of ['<=', '>=']) {
        const gate = gateOf(`${metric.name}${braces} ${operator} ${metric.unit.format(1)}`);
        expect([metric.name, evaluateGate(gate, figuresOf({})).kind]).toEqual([metric.name, 'unknown']);
      }
    }
  });

  it('that names no phase can be asked of one from outside', () => {
    const measured: Measured = { counts: { '{"during":"baseline"}': { planned: 10, ok: 5 } } };
    expect(evaluate('success >= 99%', measured, 'baseline')).toMatchObject({
      kind: 'fail',
      measuredText: '50%',
    });
    expect(evaluate('success{during=hole} >= 99%', measured, 'baseline').kind).toBe('unknown');
    expect(evaluate('availability >= 99%', { availability: 1 }, 'baseline').kind).toBe('pass');
  });

  it('compares as its operator says', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), (value, limit) => {
        const kindOf = (operator: string): string =>
          evaluate(`max ${operator} ${limit + 1}ms`, { latencyMs: { 'max {}': value + 1 } }).kind;
        expect(['<', '<=', '>', '>=', '=='].map(kindOf)).toEqual(
          [value < limit, value <= limit, value > limit, value >= limit, value === limit].map((holds) =>
            holds ? 'pass' : 'fail',
          ),
        );
      }),
    );
  });

  it('is met by the share it names, whatever the binary noise', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), (down) => {
        const percent = Number((100 - down / 10).toFixed(1));
        expect(evaluate(`availability >= ${percent}%`, { availability: 1 - down / 1_000 }).kind).toBe('pass');
      }),
    );
  });
});
