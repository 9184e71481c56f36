import { ACTION } from '../operation/shop-operation.ts';
import { fits, registerAnswer } from './answers.ts';
import { Customer } from './customer.ts';
import type { JourneyKind } from './journey-kind.ts';
import { signIn } from './session.ts';

export const register: JourneyKind = {
  name: 'register',
  about: 'Opens an account and logs in with it.',
  routes: ['register', 'login'],
  async run(_world, visit) {
    // The arrival alone would collide with an earlier drill on the same shop.
    const name = `visitor-${visit.arrival}-${visit.random.hex(12)}`;
    const visitor = new Customer(`${name}@example.test`, `fresh paint ${visit.random.hex(16)}`);
    const { email, password } = visitor;
    const reply = await visit.request({
      route: 'register',
      method: 'POST',
      path: '/api/auth/register',
      body: { email, password, name: `Visitor ${visit.arrival}` },
      expect: (status, body) => status === 201 && fits(registerAnswer, body),
      operation: {
        action: ACTION.customerRegister,
        key: email,
        input: { email },
        output: (_status, body) => {
          const answer = registerAnswer.safeParse(body);
          return answer.success ? answer.data : {};
        },
      },
    });
    if (reply.outcome === 'ok') await signIn(visit, visitor);
  },
};
