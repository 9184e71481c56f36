import { expect, it } from 'vitest';
import { busyShop, caseOf, check, found, messagesAfter, replace } from './audit-case.ts';

const attackOf = (state: ReturnType<typeof caseOf>) =>
  found(state.operations.find(({ action }) => action === 'probe.own-price'));

it('names an attack that succeeded', () => {
  const messages = messagesAfter('probes-refused', (state) => {
    replace(state, attackOf(state), { output: { isBreach: true } });
  });
  expect(messages).toEqual([
    expect.stringMatching(/^probe\.own-price succeeded: try it \(operation \d+, status 201\)$/),
  ]);
});

it('is unknown when no attack was answered', () => {
  const state = caseOf(busyShop());
  const { output: _output, status: _status, ...unanswered } = attackOf(state);
  state.operations[state.operations.indexOf(attackOf(state))] = { ...unanswered, outcome: 'info' };
  expect(check('probes-refused', state).answer).toBe('unknown');
});
