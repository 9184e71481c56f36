import { type AttributeValues, ManualClock, type SystemSwitch } from '@stormcart/core';
import { expect, it } from 'vitest';
import { createFaultSession } from '../../session/fault-session.ts';
import { createFault } from '../create-fault.ts';
import type { FaultSpec, FaultTargets } from '../fault-family.ts';

/** A switch with its state laid open. */
function lamp(name: string, actions: readonly string[], isBroken = false) {
  const log: string[] = [];
  let onCount = 0;
  const lit: SystemSwitch = {
    name,
    about: 'a lamp',
    actions: Object.fromEntries(
      actions.map((action) => [
        action,
        {
          about: 'changes it',
          attributes: { times: { kind: 'count', about: 'how often', min: 1, max: 9, usual: 2 } },
        },
      ]),
    ),
    begin: async (action: string, attributes: AttributeValues, forMs: number) => {
      if (isBroken) throw new Error('no current');
      log.push(`${action} ${attributes['times']} ${forMs}`);
      onCount += 1;
      let isOn = true;
      return {
        end: async () => {
          if (isOn) onCount -= 1;
          isOn = false;
        },
        isOver: async () => !isOn,
        hits: async () => 3,
      };
    },
  };
  return { lit, log, onCount: () => onCount };
}

function targetsOf(...switches: readonly SystemSwitch[]): FaultTargets {
  const byName = new Map(switches.map((each) => [each.name, each]));
  return {
    proxies: new Map(),
    faultProxy: undefined,
    processes: new Map(),
    stores: new Map(),
    switches: byName,
  };
}

const spec = (overrides: Partial<FaultSpec> = {}): FaultSpec => ({
  id: 'dark',
  family: 'world',
  kind: 'dim',
  targets: ['hall'],
  attributes: {},
  ...overrides,
});

it('begins on every switch it names, and ends on each', async () => {
  const clock = new ManualClock();
  const [hall, cellar] = [lamp('hall', ['dim']), lamp('cellar', ['dim', 'flicker'])];
  const targets = targetsOf(hall.lit, cellar.lit);
  const session = createFaultSession({ clock });
  const over = session.inject(createFault(spec({ targets: ['hall', 'cellar'] }), targets), 500);
  await expect.poll(() => session.events.length).toBe(1);
  expect([hall.log, cellar.log]).toEqual([['dim 2 500'], ['dim 2 500']]);
  expect([hall.onCount(), cellar.onCount()]).toEqual([1, 1]);
  await clock.advance(500);
  expect(await over).toMatchObject({ hits: 6, isVerified: true });
  expect([hall.onCount(), cellar.onCount()]).toEqual([0, 0]);
});

it('ends what has begun when a part could not', async () => {
  const [hall, cellar] = [lamp('hall', ['dim']), lamp('cellar', ['dim'], true)];
  const fault = createFault(spec({ targets: ['hall', 'cellar'] }), targetsOf(hall.lit, cellar.lit));
  const record = await createFaultSession({ clock: new ManualClock() }).inject(fault, 500);
  expect(record.problem).toContain('no current');
  expect(hall.onCount()).toBe(0);
});

it.each([
  [spec({ targets: ['attic'] }), 'UNKNOWN_SWITCH', 'hall, cellar'],
  [spec({ kind: 'dimm' }), 'UNKNOWN_FAULT_KIND', 'dim, flicker'],
  [spec({ kind: 'flicker' }), 'BAD_FAULT', 'dim'],
  [spec({ attributes: { times: 10 } }), 'BAD_FAULT', '1 to 9'],
])('is refused with what would be accepted: %#', (wrong, code, accepted) => {
  const targets = targetsOf(lamp('hall', ['dim']).lit, lamp('cellar', ['dim', 'flicker']).lit);
  let refused: unknown;
  try {
    createFault(wrong, targets);
  } catch (error) {
    refused = error;
  }
  expect(refused).toMatchObject({ kind: 'usage', code, hint: expect.stringContaining(accepted) });
});
