import { describe, expect, it } from 'vitest';
import { brief, goodText, problemsOf, scenarioOf } from '../../test/fixture/read-scenario.ts';

describe('an override', () => {
  it('replaces values, adds keys, and reaches into lists by index and by id', () => {
    const scenario = scenarioOf(goodText, {
      set: [
        ['load.mix.browse', '50'],
        ['load.arrivals', 'poisson'],
        ['load.stages.1.for', '50s'],
        ['load.stages[0].rate', '20/s'],
        ['faults.hole.for', '10s'],
        ['faults.0.link', '*->mariadb'],
        ['gates.4', 'max{route=product} < 5s'],
        ['policies.cache', 'cockatiel'],
        ['audit', '[stock-conserved]'],
      ],
      seed: 7,
      topology: 'ha',
    });
    expect(scenario).toMatchObject({
      seed: 7,
      config: { topology: 'ha', policies: { cache: 'cockatiel' } },
      load: {
        mix: { browse: 50 },
        arrivals: 'poisson',
        stages: [{ perSecond: 20 }, { forMs: 50_000 }],
      },
      faults: [{ forMs: 10_000, target: { targets: ['catalog->mariadb', 'orders->mariadb'] } }],
      audit: ['stock-conserved'],
    });
    expect(scenario.gates[4]?.text).toBe('max{route=product} < 5s');
  });

  it.each([
    ['load.mix.brows', '50', '11:3 unknown key `brows` (from --set load.mix.brows=50) | browse'],
    [
      'load.stages.1.for',
      '50',
      '14:8 `for`: 50 has no unit; write it like 250ms, 15s, 2m or 1h (from --set load.stages.1.for=50)',
    ],
    ['polices.cache', 'none', '1:1 unknown key `polices` (from --set polices.cache=none) | policies'],
    ['seed', '', '5:1 `seed` must be a number, found "" (from --set seed=)'],
  ])('%s=%s is held to the rules of the file', (path, value, expected) => {
    const problems = problemsOf(goodText, { set: [[path, value]] });
    expect(problems.map(brief)).toEqual([expected]);
  });

  it.each([
    ['', '1'],
    ['load..mix', '1'],
    ['name.first', '1'],
    ['load.stages.7.for', '1s'],
    ['load.stages.last.for', '1s'],
  ])('with the path %j cannot be applied', (path, value) => {
    const [problem, ...others] = problemsOf(goodText, { set: [[path, value]] });
    expect(others).toEqual([]);
    expect(problem?.message).toContain(`--set ${path}=${value} cannot be applied: `);
  });

  it('names the topology flag', () => {
    expect(problemsOf(goodText, { topology: 'singel' }).map(brief)).toEqual([
      '6:1 `topology` cannot be `singel` (from --topology singel) | single',
    ]);
  });
});
