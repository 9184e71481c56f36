import { type Clock, ManualClock } from '@stormcart/core';
import { expect, it } from 'vitest';
import { atDueTime } from './at-due-time.ts';

/** As Node's timers are: early by up to 2 ms. */
function hastyClock(clock: ManualClock): Clock {
  return {
    now: () => clock.now(),
    wallMs: () => clock.wallMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    after: (ms, callback) => clock.after(Math.max(1, Math.trunc(ms) - 1.5), callback),
  };
}

it('waits for the rest when a timer comes early', async () => {
  const clock = new ManualClock();
  const calledMs: number[] = [];
  atDueTime(hastyClock(clock), 10.4, () => calledMs.push(clock.now()));
  for (let step = 0; step < 120; step += 1) await clock.advance(0.1);
  expect(calledMs).toHaveLength(1);
  expect(calledMs[0]).toBeGreaterThanOrEqual(10.4);
  expect(calledMs[0]).toBeLessThan(11.6);
});

it('calls at once what is due already', () => {
  const clock = new ManualClock();
  let count = 0;
  atDueTime(clock, 0, () => {
    count += 1;
  });
  expect(count).toBe(1);
});

it('does not call what was cancelled, not even after an early timer', async () => {
  const clock = new ManualClock();
  let count = 0;
  const cancel = atDueTime(hastyClock(clock), 10, () => {
    count += 1;
  });
  await clock.advance(9);
  cancel();
  await clock.advance(20);
  expect(count).toBe(0);
});
