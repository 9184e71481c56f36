import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { totpCode, totpStep } from '../../src/account/mfa/totp.ts';
import type { ContractAnswer, ContractRequest, Send } from './contract-client.ts';

export interface ContractCustomer {
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

/** What a case may rely on: people, products and orders in whatever state it needs, made through the interface alone. */
export interface ContractWorld {
  readonly send: Send;
  /** Of an admin, from the credentials that the suite was given. */
  readonly adminToken: string;
  /** Some customer with a session, for what leaves no trace. */
  someone(): Promise<ContractCustomer>;
  /** A fresh customer with a session. */
  customer(): Promise<ContractCustomer>;
  /** With a second factor on: what its codes are made from, its recovery codes, and a challenge of a login. */
  customerWithSecondFactor(): Promise<SecondFactorCustomer>;
  /** An order of one piece of product 1. */
  order(token: string): Promise<string>;
  /** An order that has come to the state, or a failed case after 20 s. */
  orderIn(token: string, status: string, cardToken?: string): Promise<string>;
  /** Puts one piece of product 1 into the cart and waits until it has settled; the seq. */
  settledCart(token: string): Promise<number>;
}

export interface SecondFactorCustomer extends ContractCustomer {
  readonly secret: Uint8Array;
  readonly recoveryCodes: readonly string[];
  readonly challenge: string;
}

export const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
export const UNKNOWN_SKU = 2_000_000_000;

const SETTLE_MS_MAX = 20_000;
const POLL_MS = 50;

export async function createContractWorld(
  send: Send,
  admin: { readonly email: string; readonly password: string },
): Promise<ContractWorld> {
  const login = await expectStatus(send, 200, 'POST', { path: '/api/auth/login', body: admin });
  const customer = (): Promise<ContractCustomer> => registerCustomer(send);
  let known: Promise<ContractCustomer> | undefined;
  const order = async (token: string): Promise<string> => {
    const request = orderRequest(token, { items: [{ sku: 1, quantity: 1 }] });
    return textAt(await expectStatus(send, 201, 'POST', request), 'orderId');
  };
  return {
    send,
    adminToken: textAt(login, 'token'),
    customer,
    someone: () => {
      known ??= customer();
      return known;
    },
    customerWithSecondFactor: async () => addSecondFactor(send, await customer()),
    order,
    orderIn: async (token, status, cardToken = 'tok_visa') => {
      const orderId = await order(token);
      const path = `/api/orders/${orderId}`;
      await expectStatus(send, 202, 'POST', { path: `${path}/payments`, token, body: { cardToken } });
      await until(
        async () => textAt(await send('GET', { path, token }), 'status') === status,
        `${status} of ${path}`,
      );
      return orderId;
    },
    settledCart: async (token) => {
      await expectStatus(send, 202, 'PUT', cartRequest(token, 1, { quantity: 1, seq: 1 }));
      const path = '/api/cart?minSeq=1';
      await until(async () => (await send('GET', { path, token })).status === 200, 'a settled cart');
      return 1;
    },
  };
}

export function orderRequest(token: string, body: unknown, key: string = randomUUID()): ContractRequest {
  return { path: '/api/orders', token, body, headers: { 'idempotency-key': key } };
}

export function cartRequest(
  token: string,
  sku: number,
  body: { readonly quantity?: number; readonly seq: number },
): ContractRequest {
  return { path: `/api/cart/items/${sku}`, token, body: { ...body, opId: randomUUID() } };
}

export function newCustomer(): { readonly email: string; readonly password: string; readonly name: string } {
  const email = `contract-${randomUUID()}@example.test`;
  return { email, password: randomBytes(18).toString('base64url'), name: 'Contract Customer' };
}

async function registerCustomer(send: Send): Promise<ContractCustomer> {
  const { email, password, name } = newCustomer();
  await expectStatus(send, 201, 'POST', { path: '/api/auth/register', body: { email, password, name } });
  const login = await expectStatus(send, 200, 'POST', { path: '/api/auth/login', body: { email, password } });
  return { email, password, token: textAt(login, 'token') };
}

async function addSecondFactor(send: Send, customer: ContractCustomer): Promise<SecondFactorCustomer> {
  const { email, password, token } = customer;
  const begun = await expectStatus(send, 201, 'POST', {
    path: '/api/profile/mfa',
    token,
    body: { password },
  });
  const secret = decodeBase32(textAt(begun, 'secret'));
  // The code of the step before: the one of now must be left for the login.
  const code = codeOf(secret, -1);
  const path = '/api/profile/mfa/confirmation';
  const confirmed = await expectStatus(send, 200, 'POST', { path, token, body: { code } });
  const { recoveryCodes } = confirmed.body as { readonly recoveryCodes: readonly string[] };
  const login = await expectStatus(send, 200, 'POST', { path: '/api/auth/login', body: { email, password } });
  return { ...customer, secret, recoveryCodes, challenge: textAt(login, 'challenge') };
}

/** What an authenticator app shows, so many steps from now. */
export function codeOf(secret: Uint8Array, steps = 0): string {
  return totpCode(secret, totpStep(Date.now()) + steps);
}

/** RFC 4648 section 6, as apps read it. */
export function decodeBase32(text: string): Uint8Array {
  const bits = Array.from(text, (character) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0'),
  ).join('');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** Sends what prepares a case; anything but the status that the contract promises for it fails the case. */
export async function expectStatus(
  send: Send,
  status: number,
  method: string,
  request: ContractRequest,
): Promise<ContractAnswer> {
  const answer = await send(method, request);
  if (answer.status === status) return answer;
  throw new Error(`${method} ${request.path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

export function textAt({ body }: ContractAnswer, name: string): string {
  const value = (body as Readonly<Record<string, unknown>> | undefined)?.[name];
  if (typeof value !== 'string') throw new Error(`no ${name} in ${JSON.stringify(body)}`);
  return value;
}

async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  const giveUp = Date.now() + SETTLE_MS_MAX;
  while (!(await isTrue())) {
    if (Date.now() > giveUp) throw new Error(`waited ${SETTLE_MS_MAX} ms for ${what}`);
    await pause(POLL_MS);
  }
}
