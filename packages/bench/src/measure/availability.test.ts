import { array, assert, constantFrom, double, integer, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import {
  availability,
  downtimeMs,
  errorBudget,
  outages,
  type RecoveryFigures,
  recoveryOf,
  slicesUp,
} from './availability.ts';
import type { FaultWindow } from './phase.ts';
import type { Slice, SliceTrack } from './slices.ts';

const GOOD: Slice = { planned: 20, ok: 20, answered: 20 };
const BAD: Slice = { planned: 20, ok: 18, answered: 20 };
const SILENT: Slice = { planned: 20, ok: 0, answered: 0 };
const EMPTY: Slice = { planned: 0, ok: 0, answered: 0 };

/** One slice of 100 ms per letter: g good, b bad, s silent, e empty. */
function trackOf(letters: string): SliceTrack {
  const kinds: Readonly<Record<string, Slice>> = { g: GOOD, b: BAD, s: SILENT, e: EMPTY };
  const slices = letters.split('').map((letter) => kinds[letter] ?? EMPTY);
  return { startMs: 0, endMs: slices.length * 100, sliceMs: 100, slices };
}

function upOf(track: SliceTrack): readonly boolean[] {
  return slicesUp(track.slices, 0.95);
}

it('gives 0.9583 for a day of which one hour is down', () => {
  const day = { ...trackOf(`${'g'.repeat(9)}b${'g'.repeat(14)}`), endMs: 24 * 3_600_000, sliceMs: 3_600_000 };
  const up = upOf(day);
  expect(availability(day, up)).toBeCloseTo(0.9583, 4);
  expect(downtimeMs(day, up)).toBe(3_600_000);
});

it('keeps the state of the slice before where nothing was planned', () => {
  expect(upOf(trackOf('egebee'))).toEqual([true, true, true, false, false, false]);
});

it('counts a slice as up at exactly the threshold and as down below it', () => {
  expect(slicesUp([{ planned: 20, ok: 19, answered: 20 }], 0.95)).toEqual([true]);
  expect(slicesUp([{ planned: 1_000, ok: 949, answered: 1_000 }], 0.95)).toEqual([false]);
});

it('counts a slice as down when none came back, even if the threshold forgives everything', () => {
  expect(slicesUp([SILENT], 0)).toEqual([false]);
  expect(slicesUp([{ planned: 20, ok: 0, answered: 20 }], 0)).toEqual([true]);
});

it('knows nothing where nothing was measured', () => {
  expect(availability({ startMs: 0, endMs: 0, sliceMs: 100, slices: [] }, [])).toBeUndefined();
});

it('counts a shorter last slice with its own length', () => {
  const track = { ...trackOf('ggb'), endMs: 250 };
  expect(downtimeMs(track, upOf(track))).toBe(50);
  expect(availability(track, upOf(track))).toBeCloseTo(0.8, 12);
});

it('joins down slices to outages and names the faults that overlap them', () => {
  const track = trackOf('gbbgggsg');
  const faults: readonly FaultWindow[] = [
    { id: 'hole', startMs: 90, endMs: 250 },
    { id: 'late', startMs: 700, endMs: 800 },
  ];
  expect(outages(track, upOf(track), faults)).toEqual([
    { startMs: 100, endMs: 300, faults: ['hole'] },
    { startMs: 600, endMs: 700, faults: [] },
  ]);
});

it.each<[string, number, number, RecoveryFigures, string]>([
  ['gggggggggg', 200, 500, { fromStartMs: 0, fromEndMs: 0 }, 'never down'],
  ['ggbbbbgggg', 200, 500, { fromStartMs: 400, fromEndMs: 100 }, 'down until after its end'],
  ['ggbgggggggg', 200, 600, { fromStartMs: 100, fromEndMs: 0 }, 'recovered while it was on'],
  ['ggbbggbggg', 200, 400, { fromStartMs: 500, fromEndMs: 300 }, 'two good slices are not enough'],
  ['ggggggbbggg', 200, 500, { fromStartMs: 600, fromEndMs: 300 }, 'first harmed after its end'],
  ['ggbbbbbbgg', 200, 500, { fromStartMs: undefined, fromEndMs: undefined }, 'not recovered in time'],
  ['bbgggggggg', 300, 500, { fromStartMs: 0, fromEndMs: 0 }, 'an outage before it is not its own'],
])('finds the recovery in %s for a fault from %d to %d ms', (letters, startMs, endMs, expected) => {
  const track = trackOf(letters);
  const fault = { id: 'hole', startMs, endMs };
  expect(recoveryOf(fault, track, upOf(track), [fault])).toEqual(expected);
});

it.each([600, 601, 699])(
  'does not blame a fault for the outage of a later one that began at %d ms',
  (startMs) => {
    const track = trackOf('ggggggbbggg');
    const first = { id: 'first', startMs: 100, endMs: 200 };
    const second = { id: 'second', startMs, endMs: 800 };
    expect(recoveryOf(first, track, upOf(track), [first, second])).toEqual({ fromStartMs: 0, fromEndMs: 0 });
    const felt = { fromStartMs: 800 - startMs, fromEndMs: 0 };
    expect(recoveryOf(second, track, upOf(track), [first, second])).toEqual(felt);
  },
);

it('compares downtime with what the objective forgives', () => {
  const track = trackOf('ggggbggggg');
  expect(errorBudget(track, upOf(track), 0.8).usedShare).toBeCloseTo(0.5, 12);
  expect(errorBudget(track, upOf(track), 1)).toEqual({ allowedMs: 0, usedMs: 100, usedShare: undefined });
});

const anySlice = record({
  planned: integer({ min: 0, max: 4 }),
  okShare: double({ min: 0, max: 1, noNaN: true }),
  answeredShare: double({ min: 0, max: 1, noNaN: true }),
}).map(({ planned, okShare, answeredShare }): Slice => {
  const ok = Math.round(planned * okShare);
  return { planned, ok, answered: ok + Math.round((planned - ok) * answeredShare) };
});

it('agrees with a brute-force reading of the formula, one millisecond at a time', () => {
  assert(
    property(
      array(anySlice, { minLength: 1, maxLength: 30 }),
      integer({ min: 1, max: 7 }),
      integer({ min: 0, max: 6 }),
      constantFrom(0, 0.5, 0.95, 1),
      (slices, sliceMs, cutMs, downBelow) => {
        const startMs = 11;
        const endMs = startMs + slices.length * sliceMs - Math.min(cutMs, sliceMs - 1);
        let downMs = 0;
        const runs: { startMs: number; endMs: number }[] = [];
        let isDown = false;
        for (let ms = startMs; ms < endMs; ms += 1) {
          const place = Math.floor((ms - startMs) / sliceMs);
          // Walks back to the last slice in which something was planned.
          let decisive = place;
          while (decisive >= 0 && slices[decisive]?.planned === 0) decisive -= 1;
          const slice = slices[decisive];
          const downNow =
            slice !== undefined && (slice.answered === 0 || slice.ok / slice.planned < downBelow);
          if (downNow) downMs += 1;
          if (downNow && !isDown) runs.push({ startMs: ms, endMs: ms });
          const run = runs.at(-1);
          if (downNow && run !== undefined) run.endMs = ms + 1;
          isDown = downNow;
        }
        const track = { startMs, endMs, sliceMs, slices };
        const up = slicesUp(slices, downBelow);
        expect(downtimeMs(track, up)).toBe(downMs);
        expect(availability(track, up)).toBeCloseTo(1 - downMs / (endMs - startMs), 12);
        expect(outages(track, up, [])).toEqual(runs.map((run) => ({ ...run, faults: [] })));
      },
    ),
  );
});
