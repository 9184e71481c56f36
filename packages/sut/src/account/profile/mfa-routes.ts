import { z } from 'zod';
import type { Authenticate } from '../../service/authentication.ts';
import { problem } from '../../service/problem.ts';
import { customerRoute, type Route } from '../../service/route.ts';
import { unreachable } from '../../service/unreachable.ts';
import type { RateLimits } from '../guard/rate-limits.ts';
import { jsonOnce, tooManyAttempts } from '../identity/answers.ts';
import { knownPasswordSchema, totpCodeSchema } from '../identity/inputs.ts';
import { encodeBase32 } from '../mfa/base32.ts';
import type { SecondFactor } from '../mfa/second-factor.ts';
import { totpFigures } from '../mfa/totp.ts';
import type { ConfirmOwner } from './confirm-owner.ts';
import { answerDoubt } from './profile-routes.ts';

export interface MfaRouteParts {
  readonly authenticate: Authenticate;
  readonly confirmOwner: ConfirmOwner;
  readonly secondFactor: SecondFactor;
  readonly rateLimits: RateLimits;
}

const ownerInput = z.object({ body: z.strictObject({ password: knownPasswordSchema }) });
const confirmInput = z.object({ body: z.strictObject({ code: totpCodeSchema }) });

/** Turning the second factor on, in two steps, and off. */
export function mfaRoutes(parts: MfaRouteParts): readonly Route[] {
  const { authenticate, confirmOwner, secondFactor } = parts;
  return [
    customerRoute(authenticate, {
      method: 'post',
      path: '/api/profile/mfa',
      input: ownerInput,
      handle: async ({ body }, { identity: { customerId }, clientAddress }) => {
        const owner = await confirmOwner(customerId, body.password, clientAddress);
        if (owner.kind !== 'confirmed') return answerDoubt(owner);
        const enrolment = await secondFactor.begin(customerId);
        if (enrolment.kind === 'alreadyOn') {
          return problem('mfa-conflict', 'It is on. Turn it off before setting it up again.');
        }
        const secret = encodeBase32(enrolment.secret);
        return jsonOnce(201, { secret, otpauthUri: otpauthUri(customerId, secret) });
      },
    }),
    confirmationRoute(parts),
    customerRoute(authenticate, {
      method: 'delete',
      path: '/api/profile/mfa',
      input: ownerInput,
      handle: async ({ body }, { identity: { customerId }, clientAddress }) => {
        const owner = await confirmOwner(customerId, body.password, clientAddress);
        if (owner.kind !== 'confirmed') return answerDoubt(owner);
        await secondFactor.end(customerId);
        return { kind: 'empty', status: 204 };
      },
    }),
  ];
}

function confirmationRoute({ authenticate, secondFactor, rateLimits }: MfaRouteParts): Route {
  return customerRoute(authenticate, {
    method: 'post',
    path: '/api/profile/mfa/confirmation',
    input: confirmInput,
    handle: async ({ body }, { identity: { customerId } }) => {
      const limit = await rateLimits.take('mfaOfAccount', String(customerId));
      if (limit.kind === 'limited') return tooManyAttempts(limit.retryAfterSeconds);
      const confirmation = await secondFactor.confirm(customerId, body.code);
      switch (confirmation.kind) {
        case 'confirmed':
          return jsonOnce(200, { recoveryCodes: confirmation.recoveryCodes });
        case 'wrongCode':
          // Not a 401: the session is fine, and a client would log in again for nothing.
          return problem('mfa-conflict', 'This is not the code of the app that was just set up.');
        case 'notBegun':
          return problem('mfa-conflict', 'There is nothing to confirm: set it up first.');
        default:
          return unreachable(confirmation);
      }
    },
  });
}

/** What apps read from a QR code; the format is that of Google Authenticator, which all of them follow. */
function otpauthUri(customerId: number, secret: string): string {
  const query = new URLSearchParams({
    secret,
    issuer: 'Stormcart',
    algorithm: 'SHA1',
    digits: String(totpFigures.digits),
    period: String(totpFigures.stepSeconds),
  });
  return `otpauth://totp/Stormcart:customer-${customerId}?${query.toString()}`;
}
