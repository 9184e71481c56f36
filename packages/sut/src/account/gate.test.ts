import { expect, it } from 'vitest';
import { createGate } from './gate.ts';

it('lets so many run, so many wait, and turns the rest away', async () => {
  const gate = createGate({ runningMax: 2, waitingMax: 3 });
  const ends: (() => void)[] = [];
  let running = 0;
  let runningMost = 0;
  const action = async (): Promise<string> => {
    running += 1;
    runningMost = Math.max(runningMost, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
    return 'done';
  };
  const passages = Array.from({ length: 8 }, () => gate.pass(action));
  for (let round = 0; round < 5; round += 1) {
    while (ends.length === 0) await Promise.resolve();
    ends.shift()?.();
  }
  const results = await Promise.all(passages);
  expect(results.map(({ kind }) => kind)).toEqual([...Array(5).fill('passed'), ...Array(3).fill('full')]);
  expect(runningMost).toBe(2);
});

it('gives the place on when an action fails', async () => {
  const gate = createGate({ runningMax: 1, waitingMax: 0 });
  await expect(gate.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.pass(() => Promise.resolve(1))).toEqual({ kind: 'passed', result: 1 });
});
