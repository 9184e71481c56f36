import { z } from 'zod';
import { integerText } from '../service/integer-text.ts';

/** How many of one thing fit into a cart. */
const QUANTITY_MAX = 99;

export const skuSchema = integerText(1, 2_147_483_647);
export const quantitySchema = z.number().int().min(0).max(QUANTITY_MAX);
/** Rises with each operation of a customer. */
export const seqSchema = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
export const operationIdSchema = z.guid();

/** One message of the queue `cart`: the absolute quantity that an item shall have. */
export const cartOperationSchema = z.strictObject({
  customerId: z.number().int().positive(),
  sku: z.number().int().positive(),
  quantity: quantitySchema,
  seq: seqSchema,
  opId: operationIdSchema,
});

export type CartOperation = z.infer<typeof cartOperationSchema>;
