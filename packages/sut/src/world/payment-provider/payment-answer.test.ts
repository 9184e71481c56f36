import { describe, expect, it } from 'vitest';
import { answerPayment, type PaymentAnswer, type PaymentCall } from './payment-answer.ts';
import { PaymentLedger } from './payment-ledger.ts';
import { type PaymentModeChange, paymentModeSchema } from './payment-mode.ts';

const BODY = { orderId: 'order-1', amountCents: 500, cardToken: 'tok_visa' };

function bank(change: PaymentModeChange = {}, ledger = new PaymentLedger(1)) {
  const mode = paymentModeSchema.parse(change);
  const call = (partial: Partial<PaymentCall>): PaymentAnswer =>
    answerPayment(
      { method: 'POST', path: '/charges', key: 'pay-order-1', body: JSON.stringify(BODY), ...partial },
      { ledger, mode, nowMs: 1_000 },
    );
  const charge = (body: object = BODY, key = 'pay-order-1'): PaymentAnswer =>
    call({ key, body: JSON.stringify(body) });
  return { ledger, call, charge };
}

describe('a charge', () => {
  it('captures once for the same key and answers the same', () => {
    const { ledger, charge } = bank();
    const first = charge();
    expect(first).toEqual({
      kind: 'reply',
      status: 201,
      body: {
        chargeId: 'ch-1',
        key: 'pay-order-1',
        orderId: 'order-1',
        amountCents: 500,
        status: 'captured',
      },
    });
    expect(charge()).toEqual(first);
    expect(ledger.charges()).toEqual([
      {
        status: 'captured',
        chargeId: 'ch-1',
        key: 'pay-order-1',
        orderId: 'order-1',
        amountCents: 500,
        capturedMs: 1_000,
      },
    ]);
  });

  it('is refused for a key that belongs to another charge', () => {
    const { ledger, charge } = bank();
    charge();
    expect(charge({ ...BODY, amountCents: 501 })).toMatchObject({ status: 422 });
    expect(charge({ ...BODY, orderId: 'order-2' })).toMatchObject({ status: 422 });
    expect(ledger.charges()).toHaveLength(1);
  });

  it('is declined for the declined card, for good', () => {
    const { ledger, call, charge } = bank();
    const first = charge({ ...BODY, cardToken: 'tok_declined' });
    expect(first).toEqual({ kind: 'reply', status: 402, body: { key: 'pay-order-1', status: 'declined' } });
    expect(charge()).toEqual(first);
    expect(call({ method: 'GET', path: '/charges/pay-order-1' })).toMatchObject({
      status: 200,
      body: { status: 'declined' },
    });
    expect(ledger.charges()).toMatchObject([{ status: 'declined', orderId: 'order-1' }]);
  });

  it.each([
    ['no body', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['no amount', JSON.stringify({ orderId: 'a', cardToken: 'b' })],
    ['an amount of nothing', JSON.stringify({ ...BODY, amountCents: 0 })],
    ['half a cent', JSON.stringify({ ...BODY, amountCents: 1.5 })],
    ['an amount as text', JSON.stringify({ ...BODY, amountCents: '5' })],
    ['a field too many', JSON.stringify({ ...BODY, tip: 1 })],
    ['a body that was too long', undefined],
  ])('with %s answers 400 and moves nothing', (_case, body) => {
    const { ledger, call } = bank();
    expect(call({ body })).toMatchObject({ kind: 'reply', status: 400, body: { error: expect.any(String) } });
    expect(ledger.charges()).toEqual([]);
  });

  it.each([undefined, '', 'k'.repeat(201)])('with the key %j answers 400', (key) => {
    expect(bank().call({ key })).toMatchObject({ status: 400 });
  });

  it('answers 503 when the books are full, and still knows the old ones', () => {
    const { charge } = bank({}, new PaymentLedger(1, 1));
    charge();
    expect(charge(BODY, 'pay-order-2')).toMatchObject({ status: 503 });
    expect(charge()).toMatchObject({ status: 201 });
  });
});

describe('a misbehaving bank', () => {
  const keys = Array.from({ length: 400 }, (_, index) => `key-${index}`);

  it('declines about the asked share, the same charges for the same seed', () => {
    const declined = (): readonly string[] => {
      const { ledger, charge } = bank({ declineShare: 0.25 });
      for (const key of keys) charge(BODY, key);
      return ledger
        .charges()
        .filter(({ status }) => status === 'declined')
        .map(({ key }) => key);
    };
    expect(declined().length).toBeGreaterThan(60);
    expect(declined().length).toBeLessThan(140);
    expect(declined()).toEqual(declined());
  });

  it('captures, loses the reply, and answers the repeat', () => {
    const { ledger, charge, call } = bank({ loseReplyShare: 1 });
    expect(charge()).toEqual({ kind: 'lost' });
    expect(ledger.charges()).toHaveLength(1);
    expect(call({ method: 'GET', path: '/charges/pay-order-1' })).toMatchObject({ status: 200 });
    expect(charge()).toMatchObject({ kind: 'reply', status: 201 });
    expect(ledger.charges()).toHaveLength(1);
  });

  it('refuses shares and delays that make no sense', () => {
    for (const wrong of [{ declineShare: 1.1 }, { loseReplyShare: -1 }, { delayMs: 1e9 }, { delay: 1 }]) {
      expect(() => paymentModeSchema.parse(wrong)).toThrow();
    }
  });
});

const refund = (chargeId: string, key: string): Partial<PaymentCall> => ({
  path: '/refunds',
  key: undefined,
  body: JSON.stringify({ chargeId, key }),
});

describe('a refund', () => {
  it('gives the money back once', () => {
    const { ledger, call, charge } = bank();
    charge();
    const first = call(refund('ch-1', 'r-1'));
    expect(first).toMatchObject({
      status: 201,
      body: { chargeId: 'ch-1', orderId: 'order-1', amountCents: 500 },
    });
    expect(call(refund('ch-1', 'r-1'))).toEqual(first);
    expect(ledger.refunds()).toHaveLength(1);
  });

  it('pays out again for another key, and the books show it', () => {
    const { ledger, call, charge } = bank();
    charge();
    call(refund('ch-1', 'r-1'));
    expect(call(refund('ch-1', 'r-2'))).toMatchObject({ status: 201 });
    expect(ledger.refunds()).toHaveLength(2);
  });

  it('refuses a key that belongs to the refund of another charge', () => {
    const { call, charge } = bank();
    charge();
    charge({ ...BODY, orderId: 'order-2' }, 'pay-order-2');
    call(refund('ch-1', 'r-1'));
    expect(call(refund('ch-2', 'r-1'))).toMatchObject({ status: 422 });
  });

  it('moves the money and loses the reply, and answers the repeat', () => {
    const ledger = new PaymentLedger(1);
    bank({}, ledger).charge();
    const { call } = bank({ loseReplyShare: 1 }, ledger);
    expect(call(refund('ch-1', 'r-1'))).toEqual({ kind: 'lost' });
    expect(call(refund('ch-1', 'r-1'))).toMatchObject({ status: 201 });
    expect(ledger.refunds()).toHaveLength(1);
  });

  it('needs a captured charge', () => {
    const { call, charge } = bank();
    charge({ ...BODY, cardToken: 'tok_declined' });
    expect(call(refund('ch-1', 'r-1'))).toMatchObject({ status: 404 });
    expect(call({ ...refund('ch-1', 'r-1'), body: '{}' })).toMatchObject({ status: 400 });
  });
});

const voiding = (key: string, orderId = 'order-1'): Partial<PaymentCall> => ({
  path: '/voids',
  key: undefined,
  body: JSON.stringify({ key, orderId }),
});

describe('a void', () => {
  it('closes a key that nobody has used: it never captures', () => {
    const { ledger, call, charge } = bank();
    const first = call(voiding('pay-order-1'));
    expect(first).toEqual({ kind: 'reply', status: 200, body: { key: 'pay-order-1', status: 'voided' } });
    expect(call(voiding('pay-order-1'))).toEqual(first);
    expect(charge()).toMatchObject({ status: 402, body: { status: 'voided' } });
    expect(ledger.charges()).toMatchObject([{ status: 'voided' }]);
  });

  it('tells what a used key stands for, and leaves it so', () => {
    const { call, charge } = bank();
    charge();
    expect(call(voiding('pay-order-1'))).toMatchObject({ body: { status: 'captured', chargeId: 'ch-1' } });
    charge({ ...BODY, orderId: 'order-2', cardToken: 'tok_declined' }, 'pay-order-2');
    expect(call(voiding('pay-order-2', 'order-2'))).toMatchObject({ body: { status: 'declined' } });
    expect(call(voiding('pay-order-1', 'order-2'))).toMatchObject({ status: 422 });
  });
});

it.each([
  ['GET', '/charges/unknown'],
  ['GET', '/charges/%'],
  ['GET', '/'],
  ['DELETE', '/charges'],
])('%s %s answers 404', (method, path) => {
  expect(bank().call({ method, path })).toMatchObject({ status: 404 });
});
