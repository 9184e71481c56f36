import { array, assert, integer, property, tuple } from 'fast-check';
import { expect, it } from 'vitest';
import { createPhaseFinder, includesPhase, type PhaseTimeline, phaseMs, phasesAt } from './phase.ts';

const timeline: PhaseTimeline = {
  warmupUntilMs: 100,
  endMs: 1_000,
  faults: [
    { id: 'hole', startMs: 300, endMs: 500 },
    { id: 'slow', startMs: 400, endMs: 600 },
    { id: 'kill', startMs: 800, endMs: 850 },
  ],
};

it.each([
  [0, ['warmup']],
  [99.9, ['warmup']],
  [100, ['baseline']],
  [299.9, ['baseline']],
  [300, ['hole']],
  [450, ['hole', 'slow']],
  [500, ['slow']],
  [600, ['recovery']],
  [800, ['kill']],
  [850, ['recovery']],
  [1_000, ['aftermath']],
])('tags %d ms with %j', (ms, phases) => {
  expect(phasesAt(ms, timeline)).toEqual(phases);
});

it('finds the same phases from one moment to the next as for each moment alone', () => {
  const anyFault = tuple(integer({ min: 0, max: 60 }), integer({ min: 0, max: 20 }));
  assert(
    property(
      integer({ min: 0, max: 60 }),
      array(anyFault, { maxLength: 4 }),
      array(integer({ min: -2, max: 70 })),
      (warmupUntilMs, faults, moments) => {
        const any: PhaseTimeline = {
          warmupUntilMs,
          endMs: 50,
          faults: faults.map(([startMs, forMs], at) => ({ id: `f${at}`, startMs, endMs: startMs + forMs })),
        };
        const find = createPhaseFinder(any);
        for (const ms of moments) expect(find(ms)).toEqual(phasesAt(ms, any));
      },
    ),
  );
});

it('measures how long each phase lasts', () => {
  const lengths = ['warmup', 'baseline', 'hole', 'slow', 'kill', 'recovery', undefined].map((during) =>
    phaseMs(timeline, during, 1_000),
  );
  expect(lengths).toEqual([100, 200, 200, 200, 50, 350, 900]);
  expect(phaseMs(timeline, 'hole', 420)).toBe(120);
  expect(phaseMs(timeline, 'kill', 420)).toBe(0);
});

it('gives each phase as many milliseconds as there are moments tagged with it', () => {
  const anyFault = tuple(integer({ min: 0, max: 60 }), integer({ min: 0, max: 20 }));
  assert(
    property(
      integer({ min: 0, max: 30 }),
      integer({ min: 0, max: 70 }),
      array(anyFault, { maxLength: 4 }),
      (warmupUntilMs, untilMs, faults) => {
        const any: PhaseTimeline = {
          warmupUntilMs,
          endMs: 50,
          faults: faults.map(([startMs, forMs], place) => ({
            id: `f${place}`,
            startMs,
            endMs: startMs + forMs,
          })),
        };
        for (const during of ['warmup', 'baseline', 'recovery', 'f0', undefined]) {
          let counted = 0;
          for (let ms = 0; ms < Math.min(untilMs, 50); ms += 1) {
            if (includesPhase(phasesAt(ms, any), during)) counted += 1;
          }
          expect(phaseMs(any, during, untilMs)).toBe(counted);
        }
      },
    ),
  );
});
