import { z } from 'zod';
import type { Authenticate } from '../../service/authentication.ts';
import { type Answer, problem } from '../../service/problem.ts';
import { customerRoute, type Route } from '../../service/route.ts';
import { unreachable } from '../../service/unreachable.ts';
import { busy, jsonOnce, passwordRefused, tooManyAttempts } from '../identity/answers.ts';
import { knownPasswordSchema, nameSchema, newPasswordSchema } from '../identity/inputs.ts';
import type { SecondFactor } from '../mfa/second-factor.ts';
import type { Doubt } from './confirm-owner.ts';
import { postalAddressSchema } from './postal-address.ts';
import type { Profile, ProfileChange, Profiles } from './profiles.ts';

export interface ProfileRouteParts {
  readonly authenticate: Authenticate;
  readonly profiles: Profiles;
  readonly secondFactor: SecondFactor;
}

const changeInput = z.object({
  body: z
    .strictObject({
      name: nameSchema.optional(),
      address: postalAddressSchema.nullable().optional(),
      currentPassword: knownPasswordSchema.optional(),
      newPassword: newPasswordSchema.optional(),
    })
    .refine((body) => Object.values(body).some((value) => value !== undefined), 'changes nothing')
    .refine((body) => body.newPassword === undefined || body.currentPassword !== undefined, {
      message: 'is needed to set a new one',
      path: ['currentPassword'],
    })
    .refine((body) => body.currentPassword === undefined || body.newPassword !== undefined, {
      message: 'is what the current one is needed for',
      path: ['newPassword'],
    })
    .transform(({ name, address, currentPassword: current, newPassword: next }): ProfileChange => {
      const password = current === undefined || next === undefined ? undefined : { current, next };
      return { name, address, password };
    }),
});

/** There is no id in the path: a session reaches its own profile and no other. */
export function profileRoutes({ authenticate, profiles, secondFactor }: ProfileRouteParts): readonly Route[] {
  const show = async (profile: Profile): Promise<Answer> => {
    const [isOn, recoveryCodesLeft] = await Promise.all([
      secondFactor.isOn(profile.customerId),
      secondFactor.recoveryCodesLeft(profile.customerId),
    ]);
    return jsonOnce(200, { ...profile, mfa: { isOn, recoveryCodesLeft } });
  };
  return [
    customerRoute(authenticate, {
      method: 'get',
      path: '/api/profile',
      input: z.object({}),
      handle: async (_input, { identity }) => show(await profiles.read(identity.customerId)),
    }),
    customerRoute(authenticate, {
      method: 'patch',
      path: '/api/profile',
      input: changeInput,
      handle: async ({ body }, { identity, clientAddress }) => {
        const outcome = await profiles.change(identity.customerId, body, clientAddress);
        switch (outcome.kind) {
          case 'changed':
            return show(outcome.profile);
          case 'passwordRefused':
            return passwordRefused('body.newPassword', outcome.fault);
          case 'changedMeanwhile':
            return problem('changed-meanwhile', 'Log in with the new password and look at what is there.');
          case 'wrong':
          case 'busy':
          case 'limited':
            return answerDoubt(outcome);
          default:
            return unreachable(outcome);
        }
      },
    }),
  ];
}

/** 403 for a wrong password within a session: a 401 would say that the session is over. */
export function answerDoubt(doubt: Doubt): Answer {
  switch (doubt.kind) {
    case 'wrong':
      return problem('wrong-password', 'Nothing was changed.');
    case 'busy':
      return busy();
    case 'limited':
      return tooManyAttempts(doubt.retryAfterSeconds);
    default:
      return unreachable(doubt);
  }
}
