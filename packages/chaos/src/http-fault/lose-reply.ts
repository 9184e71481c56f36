import { defineHttpFault } from './http-fault-kind.ts';

export const loseReplyFault = defineHttpFault({
  about: 'Lets the server carry requests out and answer, and swallows the answers.',
  attributes: {
    ending: {
      kind: 'word',
      about: 'what the client sees instead of an answer: an end of the connection, or a reset (TCP RST)',
      accepted: ['close', 'reset'],
      usual: 'close',
    },
  },
  effect: ({ ending }) => ({ kind: 'swallow', ending }),
});
