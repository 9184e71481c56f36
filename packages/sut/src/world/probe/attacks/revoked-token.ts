import { type Attack, attempt, bearer, isDone } from '../attack.ts';

const NAME = 'revoked-token';

/** Each replica is asked at least once, whichever the balancer picks. */
const ASKED_TIMES = 4;

export const revokedToken: Attack = {
  name: NAME,
  about: 'Uses a session after logging out of it.',
  async run(visit, ground) {
    const token = await ground.openSession(visit);
    if (token === undefined) return;
    const headers = bearer(token);
    // Whoever remembers sessions remembers this one now.
    for (let time = 0; time < ASKED_TIMES; time += 1) {
      await visit.request({ route: 'probe', method: 'GET', path: '/api/cart', headers, expect: isDone });
    }
    const ended = await visit.request({
      route: 'probe',
      method: 'DELETE',
      path: '/api/auth/session',
      headers,
      expect: isDone,
    });
    // Only an acknowledged end of the session makes its token worthless.
    if (ended.status === undefined || !isDone(ended.status)) return;
    for (let time = 0; time < ASKED_TIMES; time += 1) {
      await attempt(visit, NAME, {
        attempt: 'read the cart after the session was ended',
        method: 'GET',
        path: '/api/cart',
        headers,
        isBreach: isDone,
      });
    }
  },
};
