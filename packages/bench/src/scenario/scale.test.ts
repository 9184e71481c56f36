import { describe, expect, it } from 'vitest';
import { goodText, problemsOf, scenarioOf } from '../../test/fixture/read-scenario.ts';

describe('a scale', () => {
  it('shrinks load and faults, and neither timeouts nor limits nor slices', () => {
    const { load, faults, gates, availability, abort } = scenarioOf(goodText, { scale: 0.5 });
    expect(load.stages.map((stage) => stage.forMs)).toEqual([2_500, 22_500]);
    expect(faults[0]).toMatchObject({ atMs: 7_500, forMs: 7_500 });
    expect(load.timeoutMs).toBe(5_000);
    expect(gates[2]?.limit).toBe(3_000);
    expect(availability.sliceMs).toBe(200);
    expect(abort?.forMs).toBe(5_000);
  });

  it.each([0, -1, 101, Number.NaN])('of %s is refused', (scale) => {
    expect(problemsOf(goodText, { scale }).map(({ message }) => message)).toEqual([
      `--scale must be between 0.01 and 100, found ${scale}`,
    ]);
  });
});
