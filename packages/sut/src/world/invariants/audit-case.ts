import type { InvariantResult, Operation } from '@stormcart/core';
import { expect } from 'vitest';
import type { ShopSnapshot } from '../snapshot/shop-snapshot.ts';
import { shopInvariants } from './invariants.ts';
import { ShopModel } from './shop-model.ts';

/** Three orders: the first shipped, the second cancelled, the third waiting for its payment; and two carts. */
export function busyShop(): ShopModel {
  const model = new ShopModel();
  model.putCart(7, 3, 2, 'ok');
  model.putCart(7, 3, 1, 'ok');
  model.putCart(8, 4, 1, 'ok');
  model.order(7, 'key-1', [{ sku: 3, quantity: 2 }], 'ok');
  model.order(8, 'key-2', [{ sku: 4, quantity: 1 }], 'ok');
  model.order(7, 'key-3', [{ sku: 3, quantity: 1 }], 'ok');
  model.orderAgain(0);
  model.pay(0, 'ok', false);
  model.pay(1, 'ok', true);
  model.ship(0, 'ok');
  model.getCart(7);
  model.probe();
  model.logIn(7);
  return model;
}

/** Both sides of an audit, open to changes. */
export interface AuditCase {
  readonly operations: Operation[];
  readonly snapshot: ShopSnapshot;
}

export function caseOf(model: ShopModel): AuditCase {
  return { operations: structuredClone(model.operations), snapshot: model.snapshot() };
}

/** What the invariant of this name says. */
export function check(name: string, { operations, snapshot }: AuditCase): InvariantResult {
  const invariant = shopInvariants.find((candidate) => candidate.name === name);
  if (invariant === undefined) throw new Error(`no invariant ${name}`);
  // Tests change what was judged before.
  return invariant.check([...operations], { ...snapshot });
}

/** The messages after one change to a shop that was right. */
export function messagesAfter(name: string, change: (state: AuditCase) => void): readonly string[] {
  const state = caseOf(busyShop());
  expect(check(name, state)).toMatchObject({ answer: 'holds', findings: [] });
  change(state);
  const result = check(name, state);
  expect(result.answer).toBe('violated');
  return result.findings.map(({ message }) => message);
}

/** Fails the test rather than changing nothing. */
export function found<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new Error('the case lacks what it wants to change');
  return item;
}

export const orderOf = ({ snapshot }: AuditCase, orderId: string): ShopSnapshot['orders'][number] =>
  found(snapshot.orders.find((order) => order.orderId === orderId));

export const attemptOf = ({ operations }: AuditCase, action: string): Operation =>
  found(operations.find((operation) => operation.action === action));

/** Puts a changed copy of the operation in its place. */
export function replace(state: AuditCase, operation: Operation, change: Partial<Operation>): void {
  state.operations[state.operations.indexOf(operation)] = { ...operation, ...change };
}
