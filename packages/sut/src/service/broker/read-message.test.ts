import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cartOperationSchema } from '../../account/cart-operation.ts';
import { readMessage } from './read-message.ts';

const operation = {
  customerId: 1,
  sku: 7,
  quantity: 2,
  seq: 3,
  opId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
};
const read = (text: string) => readMessage(cartOperationSchema, Buffer.from(text));

it('reads a message that fits', () => {
  expect(read(JSON.stringify(operation))).toEqual({ kind: 'read', value: operation });
});

it('says what does not fit', () => {
  expect(read('{')).toEqual({ kind: 'malformed', reason: 'not JSON' });
  expect(read(JSON.stringify({ ...operation, quantity: -1 }))).toMatchObject({
    kind: 'malformed',
    reason: expect.stringContaining('quantity'),
  });
});

it('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(readMessage(cartOperationSchema, Buffer.from(bytes)).kind).toBe('malformed');
    }),
  );
});
