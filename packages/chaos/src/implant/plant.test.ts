import { runInThisContext } from 'node:vm';
import { systemClock } from '@stormcart/core';
import { afterEach, describe, expect, it } from 'vitest';
import { listensOnSocket } from '../kernel/listening.ts';
import { callText } from './call-text.ts';
import { type PlantTerms, plant, uproot } from './plant.ts';
import { replaceDate } from './replace-date.ts';
import { replaceTemporal } from './replace-temporal.ts';
import { shiftClock } from './shift-clock.ts';

const HOUR_MS = 3_600_000;
const tokens: string[] = [];

afterEach(() => {
  for (const token of tokens) uproot(token);
});

function beginInVain(): never {
  throw new Error('frozen');
}

function terms(token: string): PlantTerms {
  tokens.push(token);
  // Of this very process: here it is controller and target at once.
  const marker = `stormcart-implant-${token}-${process.pid}`;
  return { token, marker, untilMs: systemClock.now() + HOUR_MS, controllerPid: process.pid };
}

describe('what is planted in a process', () => {
  it('shows from outside as long as it lasts, and is undone and counted when it is taken away', async () => {
    const { marker, ...rest } = terms('shown');
    let ended = 0;
    plant(
      () => ({
        end: () => {
          ended += 1;
        },
        count: () => 7,
      }),
      {},
      {},
      { marker, ...rest },
    );
    expect(await listensOnSocket(process.pid, marker)).toBe(true);
    expect(uproot('shown')).toBe(7);
    expect(await listensOnSocket(process.pid, marker)).toBe(false);
    expect([uproot('shown'), ended]).toEqual([0, 1]);
    expect(Object.getOwnPropertySymbols(globalThis)).not.toContain(Symbol.for('stormcart.implants'));
  });

  it('leaves nothing where it could not begin', async () => {
    const given = terms('broken');
    expect(() => plant(beginInVain, {}, {}, given)).toThrow('frozen');
    expect(await listensOnSocket(process.pid, given.marker)).toBe(false);
    expect(uproot('broken')).toBe(0);
  });

  it('is over for itself at its time, and when its controller is gone', () => {
    const isOver: (() => boolean)[] = [];
    const begin = (_options: object, over: () => boolean) => {
      isOver.push(over);
      return { end: () => undefined, count: () => 0 };
    };
    plant(begin, {}, {}, terms('lasting'));
    plant(begin, {}, {}, { ...terms('late'), untilMs: systemClock.now() - 1 });
    // Above the kernel's highest pid (proc(5), pid_max).
    plant(begin, {}, {}, { ...terms('orphan'), controllerPid: 2 ** 22 + 1 });
    expect(isOver.map((over) => over())).toEqual([false, true, true]);
  });
});

it('shifts every reading of the time and puts back exactly what was there, sent as text', () => {
  const temporal = (
    globalThis as unknown as { Temporal?: { Now: { instant: () => { toString: () => string } } } }
  ).Temporal;
  const first = { Date, now: Date.now, instant: temporal?.Now.instant };
  const given = terms('clock');
  const beforeMs = Date.now();
  const tools = { replaceDate, replaceTemporal };
  runInThisContext(callText(plant, shiftClock, { byMs: HOUR_MS }, tools, given));
  const readings = [Date.now(), new Date().getTime(), Date.parse(Date()), first.Date.now()];
  if (temporal !== undefined) readings.push(Date.parse(temporal.Now.instant().toString()));
  const isDate = new Date() instanceof Date && new Date().constructor === Date;
  const hits = runInThisContext(callText(uproot, 'clock')) as number;
  for (const reading of readings) expect((reading - beforeMs) / HOUR_MS).toBeCloseTo(1, 1);
  expect(isDate).toBe(true);
  expect(hits).toBeGreaterThanOrEqual(readings.length);
  expect(Date).toBe(first.Date);
  expect(Date.now).toBe(first.now);
  expect(temporal?.Now.instant).toBe(first.instant);
  expect((Date.now() - beforeMs) / HOUR_MS).toBeCloseTo(0, 1);
});
