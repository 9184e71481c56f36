import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerTable, pairsOf } from './answer-table.ts';
import { cartCases } from './cart-cases.ts';
import { catalogueCases } from './catalogue-cases.ts';
import { breachesOf } from './check-answer.ts';
import type { ContractCase } from './contract-case.ts';
import { createSend } from './contract-client.ts';
import { type ContractWorld, createContractWorld } from './contract-world.ts';
import { generalCases } from './general-cases.ts';
import { identityCases } from './identity-cases.ts';
import { type ContractShop, openContractShop } from './open-contract-shop.ts';
import { orderCases } from './order-cases.ts';
import { outageCases } from './outage-cases.ts';

const usualCases: readonly ContractCase[] = [
  ...generalCases,
  ...catalogueCases,
  ...identityCases,
  ...cartCases,
  ...orderCases,
];

let shop: ContractShop;
let world: ContractWorld;
const kept = new Set<string>();

beforeAll(async () => {
  shop = await openContractShop(process.env);
  world = await createContractWorld(createSend(shop.entry), shop.admin);
});

afterAll(async () => {
  expect(await shop.close()).toEqual([]);
});

const pairOf = ({ status, route }: ContractCase): string => `${status} ${route}`;

async function keep(promise: ContractCase): Promise<void> {
  const { without } = promise;
  if (without !== undefined && shop.setPaused === undefined) return;
  const request = await promise.request(world);
  const method = promise.route.split(' ')[0] ?? 'GET';
  if (without !== undefined) await shop.setPaused?.(without, true);
  try {
    expect(breachesOf(promise, await world.send(method, request))).toEqual([]);
  } finally {
    if (without !== undefined) await shop.setPaused?.(without, false);
  }
  kept.add(pairOf(promise));
}

const titled = (cases: readonly ContractCase[]) =>
  cases.map((promise) => [pairOf(promise), promise.given, promise] as const);

describe('the shop keeps its contract', () => {
  // Each case brings its own customers and orders: they get along at the same time.
  it.concurrent.each(titled(usualCases))('%s given %s', (_pair, _given, promise) => keep(promise));

  it.each(titled(outageCases))('%s given %s, with a store that stands still', (_pair, _given, promise) =>
    keep(promise),
  );

  it('in every status of every route', () => {
    const promised = pairsOf(answerTable);
    const unshown = promised.filter((pair) => !kept.has(pair));
    const covered = promised.length - unshown.length;
    process.stdout.write(
      `contract coverage: ${covered} of ${promised.length} route × status pairs (${Math.round((covered / promised.length) * 100)} %), ${usualCases.length + outageCases.length} cases, ${shop.entry.url}\n`,
    );
    const excused = shop.setPaused === undefined ? outageCases.map(pairOf) : [];
    expect(unshown.filter((pair) => !excused.includes(pair))).toEqual([]);
    expect([...kept].filter((pair) => !promised.includes(pair))).toEqual([]);
  });
});
