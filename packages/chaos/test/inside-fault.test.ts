import { systemClock } from '@stormcart/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../src/index.ts';
import { descriptorLimit, freeBelow, openDescriptors } from '../src/kernel/descriptors.ts';
import { listeningPorts } from '../src/kernel/listening.ts';
import {
  expectClean,
  faultOn,
  HOUR_MS,
  openProcessRig,
  type ProcessRig,
  type RunningFault,
} from './process-rig.ts';
import { clockOf, medianOf, type Victim } from './victim.ts';

let rig: ProcessRig;
let victim: Victim;

beforeAll(async () => {
  rig = await openProcessRig();
  victim = rig.victim;
});
afterEach(() => rig.endFaults());
afterAll(() => rig.close());

const begin = (fault: Fault): Promise<RunningFault> => rig.begin(fault);

/** How far a told time is from the client's, in hours. */
function offHours(toldMs: number, { sentMs }: { readonly sentMs: number }): number {
  return (toldMs - sentMs) / HOUR_MS;
}

describe('event_loop_stall', () => {
  it('is felt as latency, is over at its end, and leaves no inspector open', async () => {
    const before = medianOf(await victim.latencies(300));
    const { end } = await begin(faultOn(victim.process, 'event_loop_stall', { stall: 200, every: 400 }));
    const during = await victim.latencies(1_600);
    const record = await end();
    expectClean(record);
    const slow = during.filter((ms) => ms > 100 + before);
    expect(slow.length).toBeGreaterThan(1);
    expect(Math.max(...during)).toBeGreaterThan(150);
    expect(record.hits).toBeGreaterThanOrEqual(slow.length);
    const after = await victim.latencies(600);
    expect(medianOf(after)).toBeLessThan(200);
    expect(await listeningPorts(victim.pid())).toEqual([victim.port()]);
    expect((await clockOf(victim)).symbols).not.toContain('Symbol(stormcart.implants)');
  });

  it('opens the inspector only for the moment in which it is planted', async () => {
    const { end } = await begin(faultOn(victim.process, 'event_loop_stall', { stall: 20, every: 60 }));
    expect(await listeningPorts(victim.pid())).toEqual([victim.port()]);
    expectClean(await end());
  });

  it('waits for a process that is stopped', async () => {
    const pid = victim.pid();
    process.kill(pid, 'SIGSTOP');
    setTimeout(() => process.kill(pid, 'SIGCONT'), 500);
    const { end } = await begin(faultOn(victim.process, 'event_loop_stall', { stall: 20, every: 60 }));
    expectClean(await end());
    expect(await listeningPorts(pid)).toEqual([victim.port()]);
  });

  it('can be ended in the middle of a stall', async () => {
    const { end } = await begin(
      faultOn(victim.process, 'event_loop_stall', { stall: 60_000, every: 60_000 }),
    );
    await systemClock.sleep(200);
    const startMs = systemClock.now();
    const record = await end();
    expectClean(record);
    expect(record.hits).toBe(1);
    expect((await victim.ask()).text).not.toBe('');
    expect(systemClock.now() - startMs).toBeLessThan(60_000 / 2);
  });
});

describe('clock_step', () => {
  it('shifts the time that a client is told, not the monotonic clock, and undoes it exactly', async () => {
    const before = await clockOf(victim);
    expect(before.isFirstClock).toBe(true);
    const { end } = await begin(faultOn(victim.process, 'clock_step', { by: HOUR_MS }));
    const during = await clockOf(victim);
    const { wallMs, constructedMs, keptMs, instantMs, calledMs, date } = during;
    for (const toldMs of [wallMs, constructedMs, keptMs, instantMs, calledMs, Date.parse(date)]) {
      expect(offHours(toldMs, during)).toBeCloseTo(1, 1);
    }
    expect(during.monotonicMs - before.monotonicMs).toBeLessThan(HOUR_MS / 2);
    expect(during.isDateADate).toBe(true);
    const record = await end();
    expectClean(record);
    expect(record.hits).toBeGreaterThan(4);
    const after = await clockOf(victim);
    expect(after.isFirstClock).toBe(true);
    expect(offHours(after.wallMs, after)).toBeCloseTo(0, 1);
    expect(after.symbols.filter((name) => name.includes('stormcart'))).toEqual([]);
  });

  it('adds up with another one and is undone alone', async () => {
    const long = await begin(faultOn(victim.process, 'clock_step', { by: 2 * HOUR_MS }));
    const short = await begin(faultOn(victim.process, 'clock_step', { by: -HOUR_MS }));
    const both = await clockOf(victim);
    expect(offHours(both.wallMs, both)).toBeCloseTo(1, 1);
    expectClean(await short.end());
    const one = await clockOf(victim);
    expect(offHours(one.wallMs, one)).toBeCloseTo(2, 1);
    expectClean(await long.end());
    expect((await clockOf(victim)).isFirstClock).toBe(true);
  });

  it('is not kept from its end by a stall of the same process', async () => {
    const stall = await begin(faultOn(victim.process, 'event_loop_stall', { stall: 300, every: 310 }));
    const shift = await begin(faultOn(victim.process, 'clock_step', { by: HOUR_MS }));
    expectClean(await shift.end());
    expectClean(await stall.end());
    expect((await clockOf(victim)).isFirstClock).toBe(true);
  });
});

describe('a process that is visited', () => {
  it('lives on, however often things are planted in it and taken away', async () => {
    const pid = victim.pid();
    for (let turn = 0; turn < 40; turn += 1) {
      const { end } = await begin(faultOn(victim.process, 'clock_step', { by: HOUR_MS }));
      expectClean(await end());
    }
    expect(victim.pid()).toBe(pid);
    expect(await listeningPorts(pid)).toEqual([victim.port()]);
  });

  it('lets a fault end also while another one keeps it from opening anything', async () => {
    const pid = victim.pid();
    const limit = await descriptorLimit(pid);
    const none = await begin(faultOn(victim.process, 'fd_exhaustion'));
    const shift = await begin(faultOn(victim.process, 'clock_step', { by: HOUR_MS }));
    expectClean(await shift.end());
    expect(freeBelow(await openDescriptors(pid), (await descriptorLimit(pid))?.soft ?? 0)).toBe(0);
    expectClean(await none.end());
    expect(victim.pid()).toBe(pid);
    expect(await descriptorLimit(pid)).toEqual(limit);
  });
});
