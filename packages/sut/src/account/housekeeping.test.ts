import { ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import type { Session } from '../service/database/database.ts';
import { createLog } from '../service/log.ts';
import type { PollingLoop } from '../service/loop/polling-loop.ts';
import { startHousekeeping } from './housekeeping.ts';

interface Swept {
  readonly clock: ManualClock;
  readonly statements: string[];
  readonly lines: string[];
  readonly housekeeping: PollingLoop;
}

function start(answer: () => Promise<{ readonly matched: number; readonly id: number }>): Swept {
  const clock = new ManualClock();
  const statements: string[] = [];
  const lines: string[] = [];
  const database: Session = {
    rows: () => Promise.resolve([]),
    change: (sql) => {
      statements.push(sql);
      return answer();
    },
  };
  const log = createLog(
    { SHOP_SERVICE: 'account', SHOP_INSTANCE: 1 },
    {
      write: (line) => {
        lines.push(line);
      },
    },
  );
  return { clock, statements, lines, housekeeping: startHousekeeping(database, clock, log) };
}

const done = (): Promise<{ readonly matched: number; readonly id: number }> =>
  Promise.resolve({ matched: 0, id: 0 });

it('sweeps each table once a minute, a bounded number of rows at a time, until it is closed', async () => {
  const { clock, statements, housekeeping } = start(done);
  await clock.advance(59_999);
  expect(statements).toEqual([]);
  await clock.advance(1);
  const tables = statements.map((sql) => /DELETE FROM (\w+) WHERE .* LIMIT 1000$/.exec(sql)?.[1]);
  expect(tables).toEqual(['session', 'login_challenge', 'rate_limit', 'lockout']);
  await clock.advance(60_000);
  expect(statements).toHaveLength(8);
  await housekeeping.close();
  await clock.advance(600_000);
  expect(statements).toHaveLength(8);
  expect(clock.waiting).toBe(0);
});

it('says that a sweep failed and comes back a minute later', async () => {
  const { clock, statements, lines, housekeeping } = start(() => Promise.reject(new Error('away')));
  await clock.advance(60_000);
  expect(statements).toHaveLength(1);
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ level: 'warn', reason: 'away' }),
  ]);
  await clock.advance(60_000);
  expect(statements).toHaveLength(2);
  await housekeeping.close();
});
