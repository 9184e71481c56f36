import { ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { createLog } from '../log.ts';
import { type PollingLoop, startPolling, type Turn } from './polling-loop.ts';

const figures = { idleMs: 1_000, moreMs: 10, failureMs: { first: 100, longest: 400 } };

interface Watched {
  readonly clock: ManualClock;
  /** When turns began. */
  readonly turnsAt: number[];
  readonly lines: string[];
  readonly loop: PollingLoop;
}

/** A loop whose turns end as told, one after the other, and find nothing afterwards. */
function watch(ends: readonly (Turn | Error)[], changes: Partial<typeof figures> = {}): Watched {
  const clock = new ManualClock();
  const turnsAt: number[] = [];
  const lines: string[] = [];
  const log = createLog(
    { SHOP_SERVICE: 'worker', SHOP_INSTANCE: 1 },
    { write: (line) => void lines.push(line) },
  );
  const rest = ends.values();
  const turn = async (): Promise<Turn> => {
    turnsAt.push(clock.now());
    const end = rest.next().value ?? 'nothing';
    if (end instanceof Error) throw end;
    return end;
  };
  const parts = { figures: { ...figures, ...changes }, clock, log, failure: 'not done' };
  return { clock, turnsAt, lines, loop: startPolling(turn, parts) };
}

it('looks at once again while there is more, and seldom while there is nothing', async () => {
  const { clock, turnsAt, loop } = watch(['more', 'more', 'nothing', 'nothing']);
  await clock.advance(4_000);
  expect(turnsAt).toEqual([1_000, 1_010, 1_020, 2_020, 3_020]);
  await loop.close();
});

it('goes on without a pause where none is asked for', async () => {
  const { clock, turnsAt, loop } = watch(['more', 'more'], { moreMs: 0 });
  await clock.advance(1_000);
  expect(turnsAt).toEqual([1_000, 1_000, 1_000]);
  await loop.close();
});

it('waits longer after each failure in a row, up to a bound, and says only once why', async () => {
  const away = new Error('away');
  const { clock, turnsAt, lines, loop } = watch([away, 'stuck', away, away, away, 'more', away, 'nothing']);
  await clock.advance(4_000);
  expect(turnsAt).toEqual([1_000, 1_100, 1_300, 1_700, 2_100, 2_500, 2_510, 2_610, 3_610]);
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ level: 'warn', reason: 'away', msg: 'not done' }),
    expect.objectContaining({ level: 'warn', reason: 'away', msg: 'not done' }),
  ]);
  await loop.close();
});

it('begins no turn once it is closed, and leaves no timer', async () => {
  const { clock, turnsAt, loop } = watch([]);
  await clock.advance(1_000);
  await loop.close();
  await clock.advance(60_000);
  expect(turnsAt).toEqual([1_000]);
  expect(clock.waiting).toBe(0);
});

it('waits for the turn under way when it is closed, and tells it', async () => {
  const clock = new ManualClock();
  const log = createLog({ SHOP_SERVICE: 'worker', SHOP_INSTANCE: 1 }, { write: () => undefined });
  const turn = Promise.withResolvers<Turn>();
  let isTold = false;
  const loop = startPolling(
    (signal) => {
      signal.addEventListener('abort', () => {
        isTold = true;
      });
      return turn.promise;
    },
    { figures, clock, log, failure: 'not done' },
  );
  await clock.advance(1_000);
  let isClosed = false;
  const closing = loop.close().then(() => {
    isClosed = true;
  });
  await clock.advance(5_000);
  expect([isTold, isClosed]).toEqual([true, false]);
  turn.resolve('more');
  await closing;
});
