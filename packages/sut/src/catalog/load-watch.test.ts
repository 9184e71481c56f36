import { expect, it } from 'vitest';
import { createLoadWatch } from './load-watch.ts';

it('tells how many loads of one product were ever under way at once', async () => {
  const watch = createLoadWatch();
  const ends: (() => void)[] = [];
  const load = watch.watch(() => new Promise<void>((resolve) => void ends.push(resolve)));
  const loads = [load(1), load(2), load(3)];
  expect(watch.observe()).toEqual({ startedCount: 3, inFlight: 3, sameProductMax: 1 });
  loads.push(load(2));
  for (const end of ends) end();
  await Promise.all(loads);
  expect(watch.observe()).toEqual({ startedCount: 4, inFlight: 0, sameProductMax: 2 });
});

it('forgets a load that failed', async () => {
  const watch = createLoadWatch();
  const load = watch.watch(() => Promise.reject(new Error('down')));
  await expect(load(1)).rejects.toThrow('down');
  expect(watch.observe().inFlight).toBe(0);
});
