import { describe, expect, it } from 'vitest';
import { createSimulatedMachine, machineKinds } from '../../../test/fixture/simulated-machine.ts';
import { judgedMetrics } from '../metric/judged-metrics.ts';
import { planLooks } from './looks.ts';
import { comparePairs, type PairsEvent, type PairsOptions, runPairs } from './run-pairs.ts';
import type { Side } from './side.ts';

interface Asked extends PairsOptions {
  readonly events: readonly PairsEvent[];
}

function ask(slowness: number, more: Partial<PairsOptions> = {}): Asked {
  const machine = createSimulatedMachine(machineKinds.quiet, `pairs ${slowness}`, 300);
  const events: PairsEvent[] = [];
  return {
    sides: { a: machine.side('a', 1), b: machine.side('b', slowness) },
    looks: planLooks({ pairsMin: 6, pairsMax: 20, confidence: 0.95 }),
    confidence: 0.95,
    metrics: judgedMetrics(['p50', 'success'], []),
    seed: 1,
    folder: 'pairs',
    signal: new AbortController().signal,
    resamples: 399,
    onEvent: (event) => void events.push(event),
    ...more,
    events,
  };
}

function spoil(side: Side): Side {
  return {
    ...side,
    measure: async (request) => ({ ...(await side.measure(request)), spoiledBy: 'busy' }),
  };
}

describe('an A/B comparison', () => {
  it('ends at the first look that can tell', async () => {
    const asked = ask(2);
    const outcome = await runPairs(asked);
    expect(outcome).toMatchObject({ end: { kind: 'decided' }, looks: [{ pairCount: 6, verdict: 'worse' }] });
    expect(outcome.pairs).toHaveLength(6);
    expect(comparePairs(outcome, asked)).toMatchObject({
      verdict: 'worse',
      confidence: 0.95,
      design: { kind: 'paired', pairCount: 6 },
    });
  });

  it('goes on while it cannot tell, up to the last look', async () => {
    const machine = createSimulatedMachine(machineKinds.skewed, 'long', 100);
    const asked = ask(1, { sides: { a: machine.side('a', 1), b: machine.side('b', 1) } });
    const outcome = await runPairs(asked);
    expect(outcome.end).toEqual({ kind: 'exhausted' });
    expect(outcome.looks.map(({ pairCount }) => pairCount)).toEqual([6, 9, 14, 20]);
    expect(comparePairs(outcome, asked)).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(comparePairs(outcome, asked).notes.join()).toContain('looked 4 times (6 pairs: inconclusive;');
  });

  it('measures the sides by turns, both of a pair with one seed, each pair with another', async () => {
    const asked = ask(1);
    const { pairs } = await runPairs(asked);
    const runs = asked.events.filter((event) => event.kind === 'run');
    expect(runs.slice(0, 4).map(({ pair, place }) => [pair, place])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    expect(runs.slice(0, 2).map(({ side }) => side)).toEqual(pairs[0]?.order);
    expect(pairs.slice(0, 3).map(({ a, b }) => [a.seed, b.seed])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(pairs[0]).toMatchObject({ a: { source: 'pairs/001-a' }, b: { source: 'pairs/001-b' } });
  });

  it('keeps the whole pairs when it is interrupted in the middle of one', async () => {
    const controller = new AbortController();
    const asked = ask(1, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'run' && event.pair === 4 && event.place === 2)
          controller.abort(new Error('stop'));
      },
    });
    const outcome = await runPairs(asked);
    expect(outcome.end).toEqual({ kind: 'interrupted' });
    expect(outcome.pairs).toHaveLength(3);
    expect(comparePairs(outcome, asked).notes).toContain(
      'interrupted: these are the pairs that were complete',
    );
  });

  it('keeps the whole pairs when a side fails', async () => {
    const { sides, ...rest } = ask(1);
    const failing: Side = {
      about: 'b',
      measure: (request) =>
        request.pair === 3 ? Promise.reject(new Error('no shop')) : sides.b.measure(request),
    };
    const outcome = await runPairs({ ...rest, sides: { a: sides.a, b: failing } });
    expect(outcome.end).toMatchObject({ kind: 'failed', error: new Error('no shop') });
    expect(outcome.pairs).toHaveLength(2);
  });

  it('measures another pair for one that was spoiled', async () => {
    const { sides, ...rest } = ask(2);
    const busy: Side = {
      about: 'a',
      measure: async (request) => ({
        ...(await sides.a.measure(request)),
        ...(request.pair % 3 === 0 ? { spoiledBy: 'the generator was busy' } : {}),
      }),
    };
    const asked = { ...rest, sides: { a: busy, b: sides.b } };
    const outcome = await runPairs(asked);
    expect(outcome.end).toEqual({ kind: 'decided' });
    expect(outcome.pairs).toHaveLength(8);
    expect(comparePairs(outcome, asked).design).toEqual({ kind: 'paired', pairCount: 6 });
  });

  it('gives up on a machine that spoils every pair', async () => {
    const { sides, ...rest } = ask(1);
    const asked = { ...rest, sides: { a: spoil(sides.a), b: spoil(sides.b) } };
    const outcome = await runPairs(asked);
    expect(outcome.end).toEqual({ kind: 'exhausted' });
    expect(outcome.pairs).toHaveLength(30);
    expect(comparePairs(outcome, asked).verdict).toBe('inconclusive');
  });
});
