import type { Visit } from '@stormcart/core';
import { type Attack, attempt, bearer, isDone } from '../attack.ts';

const NAME = 'foreign-token';

/** As long as the shop's own tokens: 32 bytes in base64url. */
const TOKEN_CHARS = 43;

export const foreignToken: Attack = {
  name: NAME,
  about: 'Uses tokens that the shop never gave out, or that have expired.',
  async run(visit, ground) {
    const forged = visit.random.hex(TOKEN_CHARS);
    const tokens: [string, string | undefined][] = [
      ['a forged token', forged],
      ['an almost right token', changedEnd(visit, ground.attacker.token)],
      ['an expired token', await ground.expiredToken()],
    ];
    for (const [what, token] of tokens) {
      if (token === undefined) continue;
      await attempt(visit, NAME, {
        attempt: `read a cart with ${what}`,
        method: 'GET',
        path: '/api/cart',
        headers: bearer(token),
        isBreach: isDone,
      });
    }
  },
};

function changedEnd(visit: Visit, token: string): string {
  const last = token.slice(-1);
  return token.slice(0, -1) + visit.random.pick(['A', 'E', 'I'].filter((letter) => letter !== last));
}
