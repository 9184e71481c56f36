import type { Clock, Visit } from '@stormcart/core';
import { z } from 'zod';
import { totpCode, totpStep } from '../../account/mfa/totp.ts';
import type { Customer } from '../journeys/customer.ts';
import { requestAs } from '../journeys/session.ts';
import { isDone } from './attack.ts';
import { decodeBase32 } from './base32-text.ts';

/** An account whose owner has an authenticator app, and what the owner has typed in already. */
export interface GuardedAccount {
  /** The code that was taken last. */
  readonly usedCode: string;
  /** A recovery code that was taken; undefined before the first. */
  readonly usedRecoveryCode: string | undefined;
  /** What a password alone gets; undefined when the shop did not answer. */
  challenge(visit: Visit): Promise<string | undefined>;
  /** Logs in with whatever the owner has not used yet. */
  useNext(visit: Visit): Promise<void>;
}

const enrolmentAnswer = z.object({ secret: z.string().min(1) });
const confirmationAnswer = z.object({ recoveryCodes: z.array(z.string()) });
const challengeAnswer = z.object({ challenge: z.string().min(1) });

/** Turns the second factor on; undefined when the shop did not let the owner, who may try again. */
export async function guardAccount(
  visit: Visit,
  owner: Customer,
  clock: Clock,
): Promise<GuardedAccount | undefined> {
  const { password } = owner;
  const enrolled = await requestAs(visit, owner, () => ({
    route: 'probe',
    method: 'POST',
    path: '/api/profile/mfa',
    body: { password },
    expect: isDone,
  }));
  const enrolment = enrolmentAnswer.safeParse(enrolled?.body);
  if (!enrolment.success) return undefined;
  const secret = decodeBase32(enrolment.data.secret);
  let usedStep = totpStep(clock.wallMs());
  const confirmed = await requestAs(visit, owner, () => ({
    route: 'probe',
    method: 'POST',
    path: '/api/profile/mfa/confirmation',
    body: { code: totpCode(secret, usedStep) },
    expect: isDone,
  }));
  const confirmation = confirmationAnswer.safeParse(confirmed?.body);
  if (!confirmation.success) return undefined;
  const [recoveryCode] = confirmation.data.recoveryCodes;
  let usedRecoveryCode: string | undefined;

  const challenge = async (next: Visit): Promise<string | undefined> => {
    const { email } = owner;
    const body = { email, password };
    const path = '/api/auth/login';
    const reply = await next.request({ route: 'probe', method: 'POST', path, body, expect: isDone });
    return challengeAnswer.safeParse(reply.body).data?.challenge;
  };
  const enter = async (next: Visit, method: 'totp' | 'recovery', code: string): Promise<boolean> => {
    const opened = await challenge(next);
    if (opened === undefined) return false;
    const body = { challenge: opened, code };
    const path = `/api/auth/mfa/${method}`;
    const reply = await next.request({ route: 'probe', method: 'POST', path, body, expect: isDone });
    return reply.status !== undefined && isDone(reply.status);
  };
  return {
    get usedCode() {
      return totpCode(secret, usedStep);
    },
    get usedRecoveryCode() {
      return usedRecoveryCode;
    },
    challenge,
    useNext: async (next) => {
      if (usedRecoveryCode === undefined && recoveryCode !== undefined) {
        if (await enter(next, 'recovery', recoveryCode)) usedRecoveryCode = recoveryCode;
        return;
      }
      const step = totpStep(clock.wallMs());
      // A code that is out of its time is refused for that: only a fresh one shows whether it is taken twice.
      if (step > usedStep && (await enter(next, 'totp', totpCode(secret, step)))) usedStep = step;
    },
  };
}
