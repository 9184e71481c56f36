import { describe, expect, it } from 'vitest';
import { differencesOf } from './agreement.ts';
import type { MeasuredRun } from './run/measured-run.ts';

const run = (setting: Readonly<Record<string, string>> = {}, seed = 1): MeasuredRun => ({
  source: 'run',
  setting: { 'environment.node': 'v26.10.0', 'policies.cache': 'opossum', ...setting },
  seed,
  figures: { measuredMs: 1_000, plannedCount: 10, okCount: 10, recoveries: [] },
  violated: [],
});

describe('runs that were made alike', () => {
  it.each([
    ['the same setting and one seed', [run(), run()], [run()]],
    ['the same seeds in any order', [run({}, 1), run({}, 2)], [run({}, 2), run({}, 1)]],
    ['a seed of its own for each run', [run({}, 1), run({}, 2)], [run({}, 3), run({}, 4), run({}, 5)]],
  ])('differ in nothing: %s', (_, base, head) => {
    expect(differencesOf(base, head)).toEqual([]);
  });
});

describe('runs that were not made alike', () => {
  it('are told apart value by value, with the runs on each side', () => {
    const other = run({ 'environment.node': 'v24.1.0' });
    expect(differencesOf([run(), run()], [run(), other])).toEqual([
      { what: 'environment.node', values: ['v26.10.0 (base 2, head 1)', 'v24.1.0 (head 1)'] },
    ]);
  });

  it('are told apart where one side does not say', () => {
    expect(differencesOf([run()], [run({ 'load.stages[1].forMs': '5' })])).toEqual([
      { what: 'load.stages[1].forMs', values: ['not recorded (base 1)', '5 (head 1)'] },
    ]);
  });

  it('may differ in what is varied, and in nothing that is merely called alike', () => {
    const other = run({ 'policies.cache': 'none' });
    expect(differencesOf([run()], [other], ['policies.cache'])).toEqual([]);
    expect(differencesOf([run()], [other], ['policies'])).toEqual([]);
    expect(differencesOf([run()], [other], ['policies.ca'])).toHaveLength(1);
  });

  it('are told apart by their seeds', () => {
    expect(differencesOf([run(), run()], [run({}, 2), run({}, 2)])).toEqual([
      { what: 'seeds', values: ['seed 1 in every run (base)', 'seed 2 in every run (head)'] },
    ]);
  });

  it('cannot be told alike where the machine was not recorded', () => {
    const load: MeasuredRun = { ...run(), setting: { 'load.ratePerSecond': '100' } };
    expect(differencesOf([load], [load])).toEqual([
      { what: 'environment', values: ['not recorded in 2 of 2 runs'] },
    ]);
  });
});
