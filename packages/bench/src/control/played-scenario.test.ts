import { expect, it } from 'vitest';
import { goodText, scenarioOf } from '../../test/fixture/read-scenario.ts';
import { playedStages } from './played-load.ts';
import { playedScenario } from './played-scenario.ts';

const constant = { kind: 'constant', forMs: 10_000, perSecond: 40, isWarmup: false } as const;
const ramp = { kind: 'ramp', forMs: 10_000, fromPerSecond: 0, toPerSecond: 100, isWarmup: false } as const;

it('cuts stages where the rate was changed, and where the load ended', () => {
  const changes = [
    { atMs: 2_000, factor: 2 },
    { atMs: 5_000, factor: 0 },
    { atMs: 12_500, factor: 1 },
  ];
  expect(playedStages([{ ...constant, isWarmup: true }, ramp], changes, 17_500)).toEqual([
    { for: '2000ms', rate: '40/s', warmup: true },
    { for: '3000ms', rate: '80/s', warmup: true },
    { for: '5000ms', rate: '0/s', warmup: true },
    { for: '2500ms', rate: '0/s' },
    { for: '5000ms', from: '25/s', to: '75/s' },
  ]);
});

it('writes a scenario that is one, with every fault at the time that it had', () => {
  const scenario = scenarioOf(goodText);
  const [fault] = scenario.faults;
  if (fault === undefined) throw new Error('the good scenario has a fault');
  const byHand = { family: 'process', kind: 'kill', targets: ['catalog/1'], attributes: {} };
  const text = playedScenario({
    scenario,
    source: goodText,
    folder: '.',
    faults: [
      { id: 'hand-1', atMs: 16_400.4, forMs: 999.8, target: byHand },
      { id: fault.id, atMs: fault.atMs + 3, forMs: fault.forMs, target: fault.target },
    ],
    steering: [{ atMs: 10_000, factor: 1.5 }],
    untilMs: scenario.load.stages.reduce((sum, { forMs }) => sum + forMs, 0),
  });
  const played = scenarioOf(text);
  expect(played.name).toBe(`${scenario.name}-played`);
  expect(played.gates.map((gate) => gate.text)).toEqual(scenario.gates.map((gate) => gate.text));
  expect(played.faults.find(({ id }) => id === fault.id)).toEqual({ ...fault, atMs: fault.atMs + 3 });
  expect(played.faults.find(({ id }) => id === 'hand-1')).toEqual({
    id: 'hand-1',
    atMs: 16_400,
    forMs: 1_000,
    target: byHand,
  });
  expect(played.load.stages.reduce((sum, { forMs }) => sum + forMs, 0)).toBe(
    scenario.load.stages.reduce((sum, { forMs }) => sum + forMs, 0),
  );
});
