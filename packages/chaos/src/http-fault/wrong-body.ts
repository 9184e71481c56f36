import { defineHttpFault } from './http-fault-kind.ts';

export const wrongBodyFault = defineHttpFault({
  about: 'Answers with another body under the right status and headers.',
  attributes: {
    body: {
      kind: 'text',
      about: 'the body to answer with',
      example: '{"status":"maintenance"}',
      lengthMax: 10_000,
      // What a middlebox shows where JSON was expected.
      usual: '<html>This is not what you asked for.</html>',
    },
  },
  effect: ({ body }) => ({ kind: 'replaceBody', body: Buffer.from(body, 'utf8') }),
});
