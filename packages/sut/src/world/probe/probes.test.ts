import { ManualClock } from '@stormcart/core';
import { describe, expect, it } from 'vitest';
import { answer, createScriptedVisit, type Script } from '../journeys/scripted-visit.ts';
import { PROBE_ACTION } from '../operation/shop-operation.ts';
import type { ProbeGround } from './attack.ts';
import { attacks } from './attacks.ts';
import { createProbes } from './probes.ts';

const ground: ProbeGround = {
  attacker: { customerId: 1, token: 'attacker-token' },
  victim: { customerId: 2, token: 'victim-token' },
  victimOrderId: 'order-1',
  openSession: () => Promise.resolve('second-token'),
  expiredToken: () => Promise.resolve('expired-token'),
  guardedAccount: () =>
    Promise.resolve({
      usedCode: '123456',
      usedRecoveryCode: 'used-recovery-code',
      challenge: () => Promise.resolve('challenge'),
      useNext: () => Promise.resolve(),
    }),
};

/** What each attempt's answer was worth to the attacker, by the text of the attempt. */
async function breachesOf(attack: (typeof attacks)[number], script: Script): Promise<readonly boolean[]> {
  const visit = createScriptedVisit(new ManualClock(), script);
  await attack.run(visit, ground);
  return visit.requests.flatMap(({ operation }, index) => {
    const reply = visit.replies[index];
    if (operation === undefined || reply?.status === undefined) return [];
    return [operation.output?.(reply.status, reply.body)['isBreach'] === true];
  });
}

/** Does whatever it is asked. */
const obliging: Script = ({ path, method }) => {
  if (path.startsWith('/api/products')) return answer(200, { items: [{ id: 1 }] });
  if (path === '/api/orders') return answer(201, { orderId: 'order-2', totalCents: 1 });
  return method === 'DELETE' ? answer(204) : answer(200, {});
};

/** Ends sessions when asked, and refuses everything else in the way that fits. */
const refusing: Script = ({ path, method, operation }) => {
  if (method === 'DELETE') return answer(204);
  if (operation === undefined) return answer(200, {});
  if (path.startsWith('/api/products')) return answer(200, { items: [] });
  if (path.endsWith('/shipments')) return answer(403);
  return answer(path.startsWith('/api/cart') ? 401 : 404);
};

describe.each(attacks)('$name', (attack) => {
  it('gets something from a shop that does whatever it is asked', async () => {
    const breaches = await breachesOf(attack, obliging);
    expect(breaches.length).toBeGreaterThan(0);
    expect(new Set(breaches)).toEqual(new Set([true]));
  });

  it('gets nothing from a shop that refuses, nor from one that is down', async () => {
    expect(new Set(await breachesOf(attack, refusing))).toEqual(new Set([false]));
    const down: Script = (spec) => (spec.operation === undefined ? refusing(spec, 0) : answer(503));
    expect(await breachesOf(attack, down)).not.toContain(true);
  });

  it('keeps tokens and codes out of its operations', async () => {
    const visit = createScriptedVisit(new ManualClock(), refusing);
    await attack.run(visit, ground);
    const kept = JSON.stringify(visit.requests.map(({ operation }) => operation));
    expect(kept).not.toMatch(/attacker-token|victim-token|second-token|expired-token|123456|recovery-code/);
    expect(kept).toContain(`${PROBE_ACTION}${attack.name}`);
  });
});

it('tries every attack in turn, sends poison early and has prices changed', async () => {
  const done: string[] = [];
  const probes = createProbes({
    ground: { prepare: () => Promise.resolve(ground) },
    poison: {
      sent: [],
      send: () => {
        done.push('poison');
        return Promise.resolve();
      },
    },
    reprice: () => {
      done.push('reprice');
      return Promise.resolve();
    },
  });
  for (let arrival = 0; arrival < attacks.length; arrival += 1) {
    const visit = { ...createScriptedVisit(new ManualClock(), refusing), arrival };
    await probes.run(visit);
    for (const { operation } of visit.requests) if (operation !== undefined) done.push(operation.action);
  }
  expect(new Set(done)).toEqual(
    new Set(['poison', 'reprice', ...attacks.map(({ name }) => `${PROBE_ACTION}${name}`)]),
  );
});
