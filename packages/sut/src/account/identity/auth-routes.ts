import { z } from 'zod';
import type { Authenticate } from '../../service/authentication.ts';
import { type Answer, json, problem } from '../../service/problem.ts';
import { customerRoute, publicRoute, type Route } from '../../service/route.ts';
import { unreachable } from '../../service/unreachable.ts';
import { CHALLENGE_SECONDS } from '../mfa/login-challenges.ts';
import { busy, jsonOnce, passwordRefused, tooManyAttempts } from './answers.ts';
import {
  challengeSchema,
  emailSchema,
  knownPasswordSchema,
  nameSchema,
  newPasswordSchema,
  recoveryCodeSchema,
  totpCodeSchema,
} from './inputs.ts';
import type { FirstStep, Login, SecondStep } from './login.ts';
import type { Register, Registration } from './register.ts';
import type { Sessions } from './sessions.ts';

export interface AuthParts {
  readonly authenticate: Authenticate;
  readonly register: Register;
  readonly login: Login;
  readonly sessions: Sessions;
}

const registration = z.object({
  body: z.strictObject({ email: emailSchema, password: newPasswordSchema, name: nameSchema }),
});
const passwordInput = z.object({
  body: z.strictObject({ email: emailSchema, password: knownPasswordSchema }),
});
const totpInput = z.object({ body: z.strictObject({ challenge: challengeSchema, code: totpCodeSchema }) });
const recoveryInput = z.object({
  body: z.strictObject({ challenge: challengeSchema, code: recoveryCodeSchema }),
});

/** Accounts, logins and sessions. */
export function authRoutes({ authenticate, register, login, sessions }: AuthParts): readonly Route[] {
  return [
    publicRoute({
      method: 'post',
      path: '/api/auth/register',
      input: registration,
      handle: async ({ body }, { clientAddress }) => answerRegistration(await register(body, clientAddress)),
    }),
    publicRoute({
      method: 'post',
      path: '/api/auth/login',
      input: passwordInput,
      handle: async ({ body }, { clientAddress }) =>
        answerFirstStep(await login.withPassword({ ...body, clientAddress })),
    }),
    publicRoute({
      method: 'post',
      path: '/api/auth/mfa/totp',
      input: totpInput,
      handle: async ({ body }, { clientAddress }) =>
        answerSecondStep(await login.withCode({ ...body, method: 'totp', clientAddress })),
    }),
    publicRoute({
      method: 'post',
      path: '/api/auth/mfa/recovery',
      input: recoveryInput,
      handle: async ({ body }, { clientAddress }) =>
        answerSecondStep(await login.withCode({ ...body, method: 'recovery', clientAddress })),
    }),
    customerRoute(authenticate, {
      method: 'delete',
      path: '/api/auth/session',
      input: z.object({}),
      handle: async (_input, { identity }) => {
        await sessions.end(identity);
        return { kind: 'empty', status: 204 };
      },
    }),
    customerRoute(authenticate, {
      method: 'delete',
      path: '/api/auth/sessions',
      input: z.object({}),
      handle: async (_input, { identity }) => {
        await sessions.endAll(identity.customerId);
        return { kind: 'empty', status: 204 };
      },
    }),
  ];
}

function answerRegistration(registered: Registration): Answer {
  switch (registered.kind) {
    case 'registered':
      return json(201, { customerId: registered.customerId });
    case 'emailTaken':
      return problem('email-taken', 'Log in, or register with another address.');
    case 'passwordRefused':
      return passwordRefused('body.password', registered.fault);
    case 'busy':
      return busy();
    case 'limited':
      return tooManyAttempts(registered.retryAfterSeconds);
    default:
      return unreachable(registered);
  }
}

function answerFirstStep(step: FirstStep): Answer {
  switch (step.kind) {
    case 'loggedIn':
      return answerSession(step);
    case 'challenged':
      return jsonOnce(200, {
        challenge: step.challenge,
        methods: ['totp', 'recovery'],
        expiresInSeconds: CHALLENGE_SECONDS,
      });
    case 'wrong':
      return problem('wrong-credentials', 'Check both and try again.');
    case 'busy':
      return busy();
    case 'limited':
      return tooManyAttempts(step.retryAfterSeconds);
    default:
      return unreachable(step);
  }
}

function answerSecondStep(step: SecondStep): Answer {
  switch (step.kind) {
    case 'loggedIn':
      return answerSession(step);
    case 'challengeInvalid':
      return problem('challenge-invalid', 'Log in with the password again, then send a code.');
    case 'wrongCode':
      return problem('wrong-code', 'Wait for the next code, or use a recovery code.');
    case 'limited':
      return tooManyAttempts(step.retryAfterSeconds);
    default:
      return unreachable(step);
  }
}

function answerSession({ token, customerId, role }: Extract<FirstStep, { kind: 'loggedIn' }>): Answer {
  return jsonOnce(200, { token, customerId, role });
}
