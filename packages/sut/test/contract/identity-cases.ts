import { z } from 'zod';
import { type ContractCase, NO_STORE, RETRY_AFTER } from './contract-case.ts';
import { codeOf, decodeBase32, expectStatus, newCustomer, textAt } from './contract-world.ts';
import { guessUntilLocked, TRIES_MAX } from './guess-until-locked.ts';

const token = z.string().min(43);
const session = z.strictObject({ token, customerId: z.int(), role: z.enum(['customer', 'admin']) });
const profile = z.strictObject({
  customerId: z.int(),
  email: z.string(),
  name: z.string(),
  role: z.enum(['customer', 'admin']),
  address: z.looseObject({}).nullable(),
  mfa: z.strictObject({ isOn: z.boolean(), recoveryCodesLeft: z.int() }),
});
const FORM = { problem: 'invalid-request', members: ['errors'] } as const;
const CHALLENGE = 'x'.repeat(43);

export const identityCases: readonly ContractCase[] = [
  {
    route: 'POST /api/auth/register',
    status: 201,
    given: 'an address that nobody has',
    request: () => ({ path: '/api/auth/register', body: newCustomer() }),
    body: z.strictObject({ customerId: z.int() }),
  },
  {
    route: 'POST /api/auth/register',
    status: 400,
    given: 'no address',
    request: () => ({ path: '/api/auth/register', body: { ...newCustomer(), email: 'nobody' } }),
    ...FORM,
  },
  {
    route: 'POST /api/auth/register',
    status: 409,
    given: 'an address that somebody has',
    request: async (world) => {
      const { email } = await world.customer();
      return { path: '/api/auth/register', body: { ...newCustomer(), email } };
    },
    problem: 'email-taken',
  },
  {
    route: 'POST /api/auth/register',
    status: 422,
    given: 'a common password',
    request: () => ({ path: '/api/auth/register', body: { ...newCustomer(), password: 'passwordpassword' } }),
    problem: 'password-refused',
    members: ['errors'],
  },
  {
    route: 'POST /api/auth/login',
    status: 200,
    given: 'the right password',
    request: async (world) => {
      const { email, password } = await world.customer();
      return { path: '/api/auth/login', body: { email, password } };
    },
    body: session,
    headers: NO_STORE,
  },
  {
    route: 'POST /api/auth/login',
    status: 200,
    given: 'the right password where a second factor is on',
    request: async (world) => {
      const { email, password } = await world.customerWithSecondFactor();
      return { path: '/api/auth/login', body: { email, password } };
    },
    body: z.strictObject({
      challenge: token,
      methods: z.array(z.string()),
      expiresInSeconds: z.int().positive(),
    }),
    headers: NO_STORE,
  },
  {
    route: 'POST /api/auth/login',
    status: 400,
    given: 'no password',
    request: () => ({ path: '/api/auth/login', body: { email: 'a@example.test' } }),
    ...FORM,
  },
  {
    route: 'POST /api/auth/login',
    status: 401,
    given: 'an address that nobody has',
    request: () => ({
      path: '/api/auth/login',
      body: { email: newCustomer().email, password: 'not the one' },
    }),
    problem: 'wrong-credentials',
  },
  {
    route: 'POST /api/auth/login',
    status: 429,
    given: 'wrong passwords until the account is locked',
    request: async ({ send }) => {
      const request = {
        path: '/api/auth/login',
        body: { email: newCustomer().email, password: 'not the one' },
      };
      await guessUntilLocked(send, request);
      return request;
    },
    problem: 'too-many-attempts',
    headers: RETRY_AFTER,
  },
  {
    route: 'POST /api/auth/mfa/totp',
    status: 200,
    given: 'the code of now',
    request: async (world) => {
      const { secret, challenge } = await world.customerWithSecondFactor();
      return { path: '/api/auth/mfa/totp', body: { challenge, code: codeOf(secret) } };
    },
    body: session,
    headers: NO_STORE,
  },
  {
    route: 'POST /api/auth/mfa/totp',
    status: 401,
    given: 'a code that was used',
    request: async (world) => {
      const { secret, challenge, email, password } = await world.customerWithSecondFactor();
      const body = { challenge, code: codeOf(secret) };
      await expectStatus(world.send, 200, 'POST', { path: '/api/auth/mfa/totp', body });
      const again = await world.send('POST', { path: '/api/auth/login', body: { email, password } });
      return { path: '/api/auth/mfa/totp', body: { ...body, challenge: textAt(again, 'challenge') } };
    },
    problem: 'wrong-code',
  },
  {
    route: 'POST /api/auth/mfa/recovery',
    status: 200,
    given: 'a recovery code',
    request: async (world) => {
      const { recoveryCodes, challenge } = await world.customerWithSecondFactor();
      return { path: '/api/auth/mfa/recovery', body: { challenge, code: recoveryCodes[0] } };
    },
    body: session,
    headers: NO_STORE,
  },
  ...(['totp', 'recovery'] as const).flatMap((method): readonly ContractCase[] => {
    const path = `/api/auth/mfa/${method}`;
    const route = `POST ${path}`;
    return [
      { route, status: 400, given: 'nothing', request: () => ({ path, body: {} }), ...FORM },
      {
        route,
        status: 401,
        given: 'a challenge that no login gave',
        request: () => ({ path, body: { challenge: CHALLENGE, code: '000000' } }),
        problem: 'challenge-invalid',
      },
      {
        route,
        status: 429,
        given: 'wrong codes until the account is locked',
        request: async (world) => {
          const { email, password } = await world.customerWithSecondFactor();
          for (let count = 0; count < TRIES_MAX; count += 1) {
            // A challenge bears few wrong codes; the account's own limit is what ends this.
            const login = await world.send('POST', { path: '/api/auth/login', body: { email, password } });
            const request = { path, body: { challenge: textAt(login, 'challenge'), code: '000000' } };
            if ((await world.send('POST', request)).status === 429) return request;
          }
          throw new Error(`${TRIES_MAX} wrong codes were not too many`);
        },
        problem: 'too-many-attempts',
        headers: RETRY_AFTER,
      },
    ];
  }),
  ...(['session', 'sessions'] as const).map(
    (what): ContractCase => ({
      route: `DELETE /api/auth/${what}`,
      status: 204,
      given: 'a session',
      request: async (world) => ({ path: `/api/auth/${what}`, token: (await world.customer()).token }),
    }),
  ),
  {
    route: 'GET /api/profile',
    status: 200,
    given: 'a session',
    request: async (world) => ({ path: '/api/profile', token: (await world.someone()).token }),
    body: profile,
    headers: NO_STORE,
  },
  {
    route: 'PATCH /api/profile',
    status: 200,
    given: 'another name',
    request: async (world) => ({
      path: '/api/profile',
      token: (await world.customer()).token,
      body: { name: 'Ada' },
    }),
    body: profile,
    headers: NO_STORE,
  },
  {
    route: 'PATCH /api/profile',
    status: 403,
    given: 'a new password and a wrong present one',
    request: async (world) => ({
      path: '/api/profile',
      token: (await world.customer()).token,
      body: { currentPassword: 'not the one', newPassword: newCustomer().password },
    }),
    problem: 'wrong-password',
  },
  {
    route: 'PATCH /api/profile',
    status: 422,
    given: 'a common new password',
    request: async (world) => {
      const { token: own, password } = await world.customer();
      return {
        path: '/api/profile',
        token: own,
        body: { currentPassword: password, newPassword: 'passwordpassword' },
      };
    },
    problem: 'password-refused',
    members: ['errors'],
  },
  {
    route: 'POST /api/profile/mfa',
    status: 201,
    given: 'the password',
    request: async (world) => {
      const { token: own, password } = await world.customer();
      return { path: '/api/profile/mfa', token: own, body: { password } };
    },
    body: z.strictObject({ secret: z.string(), otpauthUri: z.string().startsWith('otpauth://totp/') }),
    headers: NO_STORE,
  },
  ...(['POST', 'DELETE'] as const).map(
    (method): ContractCase => ({
      route: `${method} /api/profile/mfa`,
      status: 403,
      given: 'a wrong password',
      request: async (world) => ({
        path: '/api/profile/mfa',
        token: (await world.customer()).token,
        body: { password: 'not the one' },
      }),
      problem: 'wrong-password',
    }),
  ),
  {
    route: 'POST /api/profile/mfa',
    status: 409,
    given: 'a second factor that is on',
    request: async (world) => {
      const { token: own, password } = await world.customerWithSecondFactor();
      return { path: '/api/profile/mfa', token: own, body: { password } };
    },
    problem: 'mfa-conflict',
  },
  {
    route: 'DELETE /api/profile/mfa',
    status: 204,
    given: 'the password',
    request: async (world) => {
      const { token: own, password } = await world.customerWithSecondFactor();
      return { path: '/api/profile/mfa', token: own, body: { password } };
    },
  },
  {
    route: 'POST /api/profile/mfa/confirmation',
    status: 200,
    given: 'a code of the app that was just set up',
    request: async (world) => {
      const { token: own, password } = await world.customer();
      const begun = await world.send('POST', { path: '/api/profile/mfa', token: own, body: { password } });
      const code = codeOf(decodeBase32(textAt(begun, 'secret')));
      return { path: '/api/profile/mfa/confirmation', token: own, body: { code } };
    },
    body: z.strictObject({ recoveryCodes: z.array(z.string()).min(1) }),
    headers: NO_STORE,
  },
  {
    route: 'POST /api/profile/mfa/confirmation',
    status: 409,
    given: 'nothing that was set up',
    request: async (world) => ({
      path: '/api/profile/mfa/confirmation',
      token: (await world.customer()).token,
      body: { code: '000000' },
    }),
    problem: 'mfa-conflict',
  },
];
