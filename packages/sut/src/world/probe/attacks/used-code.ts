import { type Attack, attempt, isDone } from '../attack.ts';

const NAME = 'used-code';

export const usedCode: Attack = {
  name: NAME,
  about: 'Logs in with a stolen password and a one-time code that was used before.',
  async run(visit, ground) {
    const account = await ground.guardedAccount(visit);
    if (account === undefined) return;
    await account.useNext(visit);
    const challenge = await account.challenge(visit);
    if (challenge === undefined) return;
    await attempt(visit, NAME, {
      attempt: 'log in with a code of the authenticator app for the second time',
      method: 'POST',
      path: '/api/auth/mfa/totp',
      body: { challenge, code: account.usedCode },
      isBreach: isDone,
    });
    if (account.usedRecoveryCode === undefined) return;
    await attempt(visit, NAME, {
      attempt: 'log in with a recovery code for the second time',
      method: 'POST',
      path: '/api/auth/mfa/recovery',
      body: { challenge, code: account.usedRecoveryCode },
      isBreach: isDone,
    });
  },
};
