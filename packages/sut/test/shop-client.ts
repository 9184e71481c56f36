import { randomUUID } from 'node:crypto';
import { pollUntil } from '@stormcart/core';
import { SEED_PASSWORD } from '../src/schema/install-shop.ts';

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface TestRequest {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One JSON request; an empty body reads as `{}`. */
export async function ask(method: string, url: string, request: TestRequest = {}): Promise<TestAnswer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** The slug of a problem, checked to be one. */
export function problemOf({ headers, body, status }: TestAnswer): string {
  const type = String(body['type']);
  if (
    headers.get('content-type')?.startsWith('application/problem+json') !== true ||
    body['status'] !== status
  ) {
    throw new Error(`no problem details: ${status} ${JSON.stringify(body)}`);
  }
  return type.replace('urn:stormcart:problem:', '');
}

export interface TestCustomer {
  readonly token: string;
  readonly customerId: number;
}

export async function logIn(accountUrl: string, email: string): Promise<TestCustomer> {
  const { status, body } = await ask('POST', `${accountUrl}/api/auth/login`, {
    body: { email, password: SEED_PASSWORD },
  });
  if (status !== 200) throw new Error(`log-in of ${email} answered ${status}: ${JSON.stringify(body)}`);
  return { token: String(body['token']), customerId: Number(body['customerId']) };
}

export function order(
  ordersUrl: string,
  token: string,
  body: unknown,
  key: string = randomUUID(),
): Promise<TestAnswer> {
  return ask('POST', `${ordersUrl}/api/orders`, { token, body, headers: { 'idempotency-key': key } });
}

/** Waits until it is so, for at most `ms`. */
export function eventually(isTrue: () => Promise<boolean>, ms = 30_000): Promise<void> {
  return pollUntil(isTrue, { everyMs: 50, signal: AbortSignal.timeout(ms) });
}
