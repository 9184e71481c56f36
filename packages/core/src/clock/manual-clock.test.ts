import { expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';

it('rings alarms in order of their time, then of their making', async () => {
  const clock = new ManualClock();
  const rung: string[] = [];
  clock.after(20, () => rung.push('late'));
  clock.after(10, () => rung.push('first'));
  clock.after(10, () => rung.push('second'));
  await clock.advance(15);
  expect(rung).toEqual(['first', 'second']);
  await clock.advance(5);
  expect(rung).toEqual(['first', 'second', 'late']);
  expect(clock.now()).toBe(20);
});

it('rejects a sleep whose signal is aborted', async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const asleep = clock.sleep(10, controller.signal);
  controller.abort(new Error('enough'));
  await expect(asleep).rejects.toThrow('enough');
  expect(clock.waiting).toBe(0);
});
