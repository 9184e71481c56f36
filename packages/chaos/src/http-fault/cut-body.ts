import { share } from '@stormcart/core';
import { defineHttpFault } from './http-fault-kind.ts';

export const cutBodyFault = defineHttpFault({
  about: 'Ends answers in the middle of their bodies and closes the connection.',
  attributes: {
    keep: {
      kind: 'quantity',
      about: 'share of the body that still comes; of a body of unknown length, share of its first piece',
      unit: share,
      min: 0,
      // At least one byte is always missing.
      max: 0.9999,
      usual: 0.5,
    },
  },
  effect: ({ keep }) => ({ kind: 'cutBody', keep }),
});
