import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../journal/read-journal.ts';
import { type ControllerState, controllerState, dueEntries } from './watchdog-decision.ts';

const limits = { silenceMs: 5_000, lookEveryMs: 250, graceMs: 1_000 };
const alive = { isPipeOpen: true, isDismissed: false, silentLooks: 0 };

describe('a controller', () => {
  it.each([
    ['alive', alive],
    ['alive', { ...alive, silentLooks: 19 }],
    ['frozen', { ...alive, silentLooks: 20 }],
    ['dead', { ...alive, isPipeOpen: false }],
    ['dead', { ...alive, isPipeOpen: false, silentLooks: 20 }],
    ['dismissed', { ...alive, isPipeOpen: false, isDismissed: true }],
    ['dismissed', { ...alive, isDismissed: true, silentLooks: 20 }],
  ] as const)('is %s: %#', (state, signs) => {
    expect(controllerState(signs, limits)).toBe(state);
  });
});

function entry(number: number, untilMs: number, pid = number): JournalEntry {
  return {
    entry: number,
    fault: `fault ${number}`,
    step: { kind: 'continue-process', pid, identity: 'x' },
    untilMs,
    state: { kind: 'open' },
  };
}

function due(
  open: readonly JournalEntry[],
  controller: ControllerState,
  nowMs: number,
  notBeforeMs: ReadonlyMap<number, number> = new Map(),
) {
  return dueEntries({ open, controller, nowMs, limits, notBeforeMs }).map(
    ({ entry: { entry: number }, why }) => [number, why],
  );
}

describe('what is due', () => {
  const open = [entry(1, 10_000), entry(2, 60_000)];

  it('is nothing while the controller lives and the leases last', () => {
    expect(due(open, 'alive', 10_999)).toEqual([]);
  });

  it('is what has outlived its lease and the grace', () => {
    expect(due(open, 'alive', 11_000)).toEqual([[1, 'lease']]);
  });

  it.each(['dead', 'frozen', 'dismissed'] as const)('is everything of a controller that is %s', (state) => {
    expect(due(open, state, 0)).toEqual([
      [1, state],
      [2, state],
    ]);
  });

  it('is not what another fault still holds the same way', () => {
    const both = [entry(1, 10_000, 7), entry(2, 60_000, 7)];
    expect(due(both, 'alive', 20_000)).toEqual([]);
    expect(due(both, 'alive', 61_000)).toEqual([
      [1, 'lease'],
      [2, 'lease'],
    ]);
    expect(due(both, 'dead', 0)).toHaveLength(2);
  });

  it('waits after a failure, except when nobody would be left to wait', () => {
    const failed = new Map([[1, 30_000]]);
    expect(due(open, 'alive', 29_999, failed)).toEqual([]);
    expect(due(open, 'alive', 30_000, failed)).toEqual([[1, 'lease']]);
    expect(due(open, 'frozen', 29_999, failed)).toEqual([[2, 'frozen']]);
    expect(due(open, 'dead', 0, failed)).toHaveLength(2);
  });
});
