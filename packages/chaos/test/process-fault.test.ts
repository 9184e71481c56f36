import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChildEvent,
  isAlive,
  pollUntil,
  type Supervisor,
  type SystemProcess,
  systemClock,
} from '@stormcart/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../src/index.ts';
import {
  expectClean,
  faultOn,
  HOUR_MS,
  LONG_MS,
  openProcessRig,
  POLL,
  type ProcessRig,
  type RunningFault,
  refusal,
  startDeaf,
} from './process-rig.ts';
import type { Victim } from './victim.ts';

let rig: ProcessRig;
let folder: string;
let supervisor: Supervisor;
let victim: Victim;
let deaf: SystemProcess;
let events: readonly ChildEvent[];

beforeAll(async () => {
  rig = await openProcessRig();
  ({ folder, supervisor, victim, events } = rig);
  deaf = await startDeaf(rig);
});
afterEach(() => rig.endFaults());
afterAll(() => rig.close());

const begin = (fault: Fault): Promise<RunningFault> => rig.begin(fault);

describe('terminate', () => {
  it('sends the stop signal; the supervisor starts the process again', async () => {
    const old = victim.pid();
    const { end } = await begin(faultOn(victim.process, 'terminate'));
    await expect.poll(() => victim.process.pid() !== old && victim.process.state(), POLL).toBe('ready');
    const record = await end();
    expectClean(record);
    expect(record.hits).toBe(1);
    const downs = events.filter(({ name, state }) => name === 'orders/1' && state === 'down');
    expect(downs.at(-1)?.reason).toBe('exit code 0');
  });

  it('kills what has not ended when its time is over', async () => {
    const old = deaf.pid() ?? 0;
    const { end } = await begin(faultOn(deaf, 'terminate'));
    await systemClock.sleep(200);
    expect(await isAlive(old)).toBe(true);
    const record = await end();
    expectClean(record);
    expect(await isAlive(old)).toBe(false);
    expect(deaf.state()).toBe('ready');
  });
});

describe('crash_loop', () => {
  it('takes each life as soon as it is ready; the last one stays', async () => {
    const before = events.length;
    const since = () => events.slice(before).filter(({ name }) => name === 'orders/1');
    const { end } = await begin(faultOn(victim.process, 'crash_loop', { every: 0 }));
    await expect.poll(() => since().filter(({ state }) => state === 'ready').length, POLL).toBeGreaterThan(2);
    const record = await end();
    expectClean(record);
    const lives = since();
    expect(record.hits).toBeGreaterThan(2);
    expect(record.hits).toBe(lives.filter(({ reason }) => reason === 'signal SIGKILL').length);
    const pids = new Set(lives.filter(({ state }) => state === 'ready').map(({ pid }) => pid));
    expect(pids.size).toBe(record.hits);
    expect((await victim.ask()).text).not.toBe('');
  });

  it('leaves each life its time', async () => {
    const before = events.length;
    const { end } = await begin(faultOn(victim.process, 'crash_loop', { every: LONG_MS }));
    const since = () => events.slice(before).filter(({ name }) => name === 'orders/1');
    await expect.poll(() => since().map(({ state }) => state), POLL).toContain('ready');
    await systemClock.sleep(100);
    const record = await end();
    expectClean(record);
    expect(record.hits).toBe(1);
    expect(since().filter(({ state }) => state === 'down')).toHaveLength(1);
  });
});

describe('a process that the fault cannot be done to', () => {
  it.each([
    ['event_loop_stall', {}, 'event_loop_stall: deaf is no Node process, it runs /'],
    ['clock_step', { by: HOUR_MS }, 'clock_step: deaf is no Node process'],
    ['disk_fill', {}, 'disk_fill: deaf has no data folder of its own'],
  ])('is refused before anything begins: %s', (kind, attributes, message) => {
    let refused: unknown;
    try {
      faultOn(deaf, kind, attributes);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ kind: 'usage', code: 'UNFIT_PROCESS' });
    expect(String(refused)).toContain(message);
  });

  it('is not signalled when it would die of it', async () => {
    const stubborn = await supervisor.start({
      name: 'stubborn',
      command: process.execPath,
      args: ['--disable-sigusr1', '-e', 'console.log("up"); setInterval(() => undefined, 1000)'],
      env: {},
      workFolder: folder,
      logFile: join(folder, 'stubborn.log'),
      ready: (signal) =>
        pollUntil(async () => readFileSync(join(folder, 'stubborn.log'), 'utf8').includes('up'), {
          everyMs: 10,
          signal,
        }),
      readyTimeoutMs: 20_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 1_000,
      restart: { kind: 'never' },
    });
    const record = await refusal(faultOn(stubborn, 'event_loop_stall'));
    expect(record.problem).toContain('does not open its inspector on SIGUSR1');
    expect(record.hits).toBe(0);
    expect(stubborn.state()).toBe('ready');
    await stubborn.stop();
  });
});
