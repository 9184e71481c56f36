import { createConnection } from 'node:net';
import { systemClock } from '@stormcart/core';
import { afterEach, expect, it } from 'vitest';
import {
  type PaymentProvider,
  startPaymentProvider,
} from '../src/world/payment-provider/payment-provider.ts';
import { paymentSwitchOf } from '../src/world/payment-provider/payment-switch.ts';

let provider: PaymentProvider | undefined;

afterEach(async () => {
  await provider?.close();
  provider = undefined;
});

async function start(): Promise<PaymentProvider> {
  provider = await startPaymentProvider({ clock: systemClock, seed: 1 });
  return provider;
}

function charge({ address }: PaymentProvider, orderId: string, body?: string): Promise<Response> {
  return fetch(`http://${address.host}:${address.port}/charges`, {
    method: 'POST',
    headers: { 'idempotency-key': `pay-${orderId}`, 'content-type': 'application/json' },
    body: body ?? JSON.stringify({ orderId, amountCents: 500, cardToken: 'tok_visa' }),
  });
}

it('captures over HTTP, once per key', async () => {
  const bank = await start();
  const replies = await Promise.all(Array.from({ length: 20 }, () => charge(bank, 'order-1')));
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(await Promise.all(replies.map((reply) => reply.text()))).size).toBe(1);
  expect(bank.charges()).toMatchObject([{ orderId: 'order-1', amountCents: 500, status: 'captured' }]);
  expect(bank.wasDeclined('order-1')).toBe(false);
  const found = await fetch(`http://127.0.0.1:${bank.address.port}/charges/pay-order-1`);
  expect(await found.json()).toMatchObject({ status: 'captured' });
});

it('answers broken and endless bodies with 400 and stays up', async () => {
  const bank = await start();
  for (const body of ['{', 'x'.repeat(1_000_000), '']) {
    const reply = await charge(bank, 'order-1', body);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ error: expect.any(String) });
  }
  expect((await charge(bank, 'order-1')).status).toBe(201);
});

it('breaks the connection after it captured, when told to', async () => {
  const bank = await start();
  bank.setMode({ loseReplyShare: 1 });
  await expect(charge(bank, 'order-1')).rejects.toThrow();
  expect(bank.charges()).toHaveLength(1);
  bank.setMode({});
  expect((await charge(bank, 'order-1')).status).toBe(201);
  expect(bank.charges()).toHaveLength(1);
});

it('is slow when told to, and captures even if the client has left', async () => {
  const bank = await start();
  bank.setMode({ delayMs: 100 });
  const startedMs = performance.now();
  expect((await charge(bank, 'order-1')).status).toBe(201);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(95);

  const body = JSON.stringify({ orderId: 'order-2', amountCents: 5, cardToken: 'tok_visa' });
  const socket = createConnection(bank.address.port, bank.address.host);
  socket.write(
    `POST /charges HTTP/1.1\r\nHost: bank\r\nIdempotency-Key: pay-order-2\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    () => setTimeout(() => socket.destroy(), 20),
  );
  await expect.poll(() => bank.charges().length, { timeout: 5_000 }).toBe(2);
});

it('closes at once, with calls under way, and frees its port', async () => {
  const bank = await start();
  bank.setMode({ delayMs: 60_000 });
  const pending = charge(bank, 'order-1');
  const rejected = expect(pending).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await bank.close();
  await rejected;
  expect(bank.charges()).toEqual([]);
  const again = await startPaymentProvider({ clock: systemClock, seed: 1, port: bank.address.port });
  await again.close();
});

it('says which port is taken', async () => {
  const bank = await start();
  await expect(
    startPaymentProvider({ clock: systemClock, seed: 1, port: bank.address.port }),
  ).rejects.toMatchObject({ code: 'payment-provider-not-listening', kind: 'environment' });
});

it('misbehaves as scenarios ask: for a time, counted, several ways at once', async () => {
  const bank = await start();
  const payment = paymentSwitchOf(bank, systemClock);
  expect(Object.keys(payment.actions)).toEqual(['decline', 'slow', 'lose_reply']);
  const decline = await payment.begin('decline', { share: 1 }, 60_000);
  const slow = await payment.begin('slow', { delay: 60 }, 60_000);
  const startedMs = performance.now();
  const refused = await charge(bank, 'order-1');
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(58);
  expect([refused.status, await refused.json()]).toEqual([402, { key: 'pay-order-1', status: 'declined' }]);
  expect(bank.wasDeclined('order-1')).toBe(true);
  await slow.end();
  await decline.end();
  await decline.end();
  expect([await decline.hits(), await slow.hits(), await decline.isOver(), await slow.isOver()]).toEqual([
    1,
    1,
    true,
    true,
  ]);
  // A refusal is for good, and everybody else is charged again.
  expect((await charge(bank, 'order-1')).status).toBe(402);
  expect((await charge(bank, 'order-2')).status).toBe(201);

  const lost = await payment.begin('lose_reply', { share: 1 }, 60_000);
  await expect(charge(bank, 'order-3')).rejects.toThrow();
  expect((await charge(bank, 'order-3')).status).toBe(201);
  expect([await lost.hits(), bank.charges().filter(({ orderId }) => orderId === 'order-3').length]).toEqual([
    1, 1,
  ]);
  await lost.end();
  expect((await charge(bank, 'order-4')).status).toBe(201);
});

it('behaves again by itself when the time is over, and lets go what it held back', async () => {
  const bank = await start();
  const slow = await paymentSwitchOf(bank, systemClock).begin('slow', { delay: 60_000 }, 100);
  const startedMs = performance.now();
  expect((await charge(bank, 'order-1')).status).toBe(201);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(98);
  expect([await slow.isOver(), await slow.hits()]).toEqual([true, 1]);
});
