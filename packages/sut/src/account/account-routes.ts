import { z } from 'zod';
import type { Authenticate } from '../service/authentication.ts';
import { type Answer, json, problem } from '../service/problem.ts';
import { customerRoute, publicRoute, type Route } from '../service/route.ts';
import { unreachable } from '../service/unreachable.ts';
import type { Accounts } from './accounts.ts';

/** RFC 5321 allows 254 characters in an address. */
const email = z.string().trim().toLowerCase().pipe(z.email().max(254));
/** NIST SP 800-63B: length matters, composition rules do not; an upper bound keeps hashing bounded. */
const password = z.string().min(8).max(128);

const registration = z.object({
  body: z.strictObject({ email, password, name: z.string().trim().min(1).max(100) }),
});
const login = z.object({
  // No rules here: an account's password may be older than today's rules.
  body: z.strictObject({ email, password: z.string().min(1).max(128) }),
});

export function accountRoutes(accounts: Accounts, authenticate: Authenticate): readonly Route[] {
  return [
    publicRoute({
      method: 'post',
      path: '/api/auth/register',
      input: registration,
      handle: async ({ body }) => {
        const registered = await accounts.register(body.email, body.password, body.name);
        switch (registered.kind) {
          case 'registered':
            return json(201, { customerId: registered.customerId });
          case 'emailTaken':
            return problem('email-taken', 'Log in, or register with another address.');
          case 'busy':
            return busy();
          default:
            return unreachable(registered);
        }
      },
    }),
    publicRoute({
      method: 'post',
      path: '/api/auth/login',
      input: login,
      handle: async ({ body }) => {
        const entered = await accounts.login(body.email, body.password);
        switch (entered.kind) {
          case 'loggedIn':
            return json(
              200,
              { token: entered.token, customerId: entered.customerId, role: entered.role },
              { 'cache-control': 'no-store' },
            );
          case 'wrong':
            return problem('wrong-credentials', 'Check both and try again.');
          case 'busy':
            return busy();
          default:
            return unreachable(entered);
        }
      },
    }),
    customerRoute(authenticate, {
      method: 'delete',
      path: '/api/auth/session',
      input: z.object({}),
      handle: async (_input, { identity }) => {
        await accounts.logout(identity);
        return { kind: 'empty', status: 204 };
      },
    }),
  ];
}

function busy(): Answer {
  return problem('busy', 'Too many people log in or register at once.', { retryAfterSeconds: 1 });
}
