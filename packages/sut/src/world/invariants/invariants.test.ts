import { describe, expect, it } from 'vitest';
import { ACTION } from '../operation/shop-operation.ts';
import { type AuditCase, attemptOf, busyShop, caseOf, check, found, replace } from './audit-case.ts';
import { shopInvariants } from './invariants.ts';

describe('every invariant', () => {
  it.each(shopInvariants.map(({ name }) => name))(
    '%s holds for a busy shop, and looked at something',
    (name) => {
      const result = check(name, caseOf(busyShop()));
      expect(result).toMatchObject({ name, answer: 'holds', findings: [] });
      expect(result.checkedCount).toBeGreaterThan(0);
    },
  );

  it.each(shopInvariants.map(({ name }) => name))(
    '%s is unknown for a snapshot of another version',
    (name) => {
      const { operations, snapshot } = caseOf(busyShop());
      const result = found(shopInvariants.find((candidate) => candidate.name === name)).check(operations, {
        ...snapshot,
        version: 99,
      });
      expect(result.answer).toBe('unknown');
      expect(result.findings[0]?.message).toMatch(/snapshot does not have the promised shape.*version/s);
    },
  );

  it.each([undefined, null, 'text', [], {}])('is unknown for the snapshot %j', (snapshot) => {
    const answers = shopInvariants.map((invariant) => invariant.check([], snapshot).answer);
    expect(new Set(answers)).toEqual(new Set(['unknown']));
  });

  it('is unknown for an operation that does not say what was asked for', () => {
    const state = caseOf(busyShop());
    replace(state, attemptOf(state, ACTION.cartPut), { input: { sku: 3 } });
    const result = check('cart-settled', state);
    expect(result.answer).toBe('unknown');
    expect(result.findings[0]?.message).toMatch(/operation 1 \(cart\.put\)/);
  });

  it('reads a history and a snapshot that were written to files', () => {
    const state = JSON.parse(JSON.stringify(caseOf(busyShop()))) as AuditCase;
    for (const { name } of shopInvariants) expect(check(name, state).answer).toBe('holds');
  });

  it('names at most fifty rows and counts the rest', () => {
    const state = caseOf(busyShop());
    for (let index = 0; index < 80; index += 1) {
      state.snapshot.outbox.push({ id: index + 1, topic: 'payments', messageId: `m-${index}`, payload: {} });
    }
    const { findings } = check('outbox-empty', state);
    expect(findings).toHaveLength(51);
    expect(findings.at(-1)?.message).toBe('and 30 more of the kind');
  });
});
