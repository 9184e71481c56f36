import type { Reply, RequestSpec, Visit } from '@stormcart/core';
import { ACTION } from '../operation/shop-operation.ts';
import { fits, loginAnswer } from './answers.ts';
import type { Customer, Session } from './customer.ts';
import { randomUuid } from './random-uuid.ts';

/** Logs in; undefined when that did not work, and the visit ends. */
export async function signIn(visit: Visit, customer: Customer): Promise<Session | undefined> {
  const { email, password } = customer;
  customer.forgetSession();
  const reply = await visit.request({
    route: 'login',
    method: 'POST',
    path: '/api/auth/login',
    body: { email, password },
    expect: (status, body) => status === 200 && fits(loginAnswer, body),
    operation: { action: ACTION.sessionOpen, key: randomUuid(visit.random), input: { email } },
  });
  if (reply.outcome !== 'ok') return undefined;
  const { token, customerId } = loginAnswer.parse(reply.body);
  customer.openSession({ token, customerId });
  return customer.session;
}

/**
 * Sends a request as this customer, who logs in first without a session, and once more if the shop no longer
 * knows it. Undefined when logging in did not work.
 */
export async function requestAs(
  visit: Visit,
  customer: Customer,
  specFor: (session: Session) => RequestSpec,
): Promise<Reply | undefined> {
  const session = customer.session ?? (await signIn(visit, customer));
  if (session === undefined) return undefined;
  const reply = await visit.request(authorised(session, specFor(session)));
  if (reply.status !== 401) return reply;
  const renewed = await signIn(visit, customer);
  return renewed === undefined ? reply : await visit.request(authorised(renewed, specFor(renewed)));
}

function authorised(session: Session, spec: RequestSpec): RequestSpec {
  return { ...spec, headers: { ...spec.headers, authorization: `Bearer ${session.token}` } };
}
