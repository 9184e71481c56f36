import type { CartPutInput } from '../operation/shop-operation.ts';

interface CartChange {
  readonly input: Pick<CartPutInput, 'seq' | 'opId'>;
}

/** Orders changes of one product in one cart as the shop must: by seq, then by operation id. */
export function byAge(left: CartChange, right: CartChange): number {
  if (left.input.seq !== right.input.seq) return left.input.seq - right.input.seq;
  if (left.input.opId === right.input.opId) return 0;
  return left.input.opId < right.input.opId ? -1 : 1;
}
