import type { Clock } from '@stormcart/core';
import type { Bulkhead } from '../policy/bulkhead.ts';
import type { Authenticate } from '../service/authentication.ts';
import type { Database } from '../service/database/database.ts';
import type { Route } from '../service/route.ts';
import { createLockout } from './guard/lockout.ts';
import { createRateLimits } from './guard/rate-limits.ts';
import { authRoutes } from './identity/auth-routes.ts';
import { createLogin } from './identity/login.ts';
import { createPasswordCheck } from './identity/password-check.ts';
import { createRegister } from './identity/register.ts';
import { createSessions } from './identity/sessions.ts';
import { createLoginChallenges } from './mfa/login-challenges.ts';
import { createSecondFactor } from './mfa/second-factor.ts';
import { createSecretBox } from './mfa/secret-box.ts';
import { createConfirmOwner } from './profile/confirm-owner.ts';
import { mfaRoutes } from './profile/mfa-routes.ts';
import { profileRoutes } from './profile/profile-routes.ts';
import { createProfiles } from './profile/profiles.ts';

export interface AccountParts {
  readonly database: Database;
  readonly authenticate: Authenticate;
  /** Bounds how many password hashes are computed at once: each costs 19 MiB and some 50 ms of CPU. */
  readonly gate: Bulkhead;
  /** 32 bytes that TOTP secrets are encrypted with at rest. */
  readonly identityKey: Buffer;
  readonly clock: Clock;
}

/** Everything about who a customer is. */
export function accountRoutes({
  database,
  authenticate,
  gate,
  identityKey,
  clock,
}: AccountParts): readonly Route[] {
  const rateLimits = createRateLimits(database);
  const lockout = createLockout(database);
  const sessions = createSessions(database);
  const challenges = createLoginChallenges(database);
  const secondFactor = createSecondFactor(database, createSecretBox(identityKey), clock);
  const checkPassword = createPasswordCheck({ database, gate, rateLimits, lockout });
  const confirmOwner = createConfirmOwner(database, checkPassword, rateLimits);
  return [
    ...authRoutes({
      authenticate,
      sessions,
      register: createRegister(database, gate, rateLimits),
      login: createLogin({
        database,
        checkPassword,
        sessions,
        challenges,
        secondFactor,
        rateLimits,
        lockout,
      }),
    }),
    ...profileRoutes({
      authenticate,
      secondFactor,
      profiles: createProfiles({ database, gate, confirmOwner }),
    }),
    ...mfaRoutes({ authenticate, confirmOwner, secondFactor, rateLimits }),
  ];
}
