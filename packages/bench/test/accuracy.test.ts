import { expect, it } from 'vitest';
import { ask } from '../bench/accuracy/ask.ts';
import { type Behaviour, quantilesOf, truthOf } from '../bench/accuracy/behaviour.ts';
import { ours } from '../bench/accuracy/clients.ts';
import { judge } from '../bench/accuracy/judge.ts';

it('knows the truth of a drawn distribution and of a freeze from their formulas', () => {
  const drawn = quantilesOf(truthOf({ kind: 'draw', meanMs: 50 }).latenciesMs);
  expect((drawn.p50 ?? 0) / (50 * Math.LN2)).toBeCloseTo(1, 2);
  expect((drawn.p90 ?? 0) / (50 * Math.log(10))).toBeCloseTo(1, 2);
  const frozen = truthOf({ kind: 'freeze', atMs: [1_000], forMs: 1_000 });
  expect(quantilesOf(frozen.latenciesMs)).toMatchObject({ p50: 0, max: 1_000 });
  expect(frozen.latenciesMs?.filter((ms) => ms > 0)).toHaveLength(200);
});

it.each<Behaviour>([
  { kind: 'draw', meanMs: 50 },
  { kind: 'spoil', how: 'rst' },
])('measures what the server is known to do: %j', async (behaviour) => {
  const { finding, served } = await ask(ours, { behaviour });
  expect(judge(finding, truthOf(behaviour), served)).toEqual([]);
});

it('finds a client out that is off', () => {
  const truth = truthOf({ kind: 'delay', ms: 20 });
  const latencyMs = { p50: 20, p90: 20, p99: 26, max: 26 };
  const problems = judge({ count: 799, successShare: 0.9, latencyMs }, truth, { max: 25 });
  expect(problems).toHaveLength(3);
  expect(problems[2]).toContain('p99 26.0 ms, not 20.0 ± 2.0 ms');
});
