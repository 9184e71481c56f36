import { type CartOperation, cartOperationSchema } from '../account/cart-operation.ts';
import type { Consumption } from '../service/broker/consumer.ts';
import type { Database } from '../service/database/database.ts';

/** Settles carts: a customer's operations one after the other, each only where it is newer than what is there. */
export function cartConsumption(database: Database): Consumption<typeof cartOperationSchema> {
  return {
    queue: 'cart',
    schema: cartOperationSchema,
    keyOf: (operation) => String(operation.customerId),
    handle: async (operation) => {
      await settle(database, operation);
      return { kind: 'done' };
    },
  };
}

/** Whether the stored operation gives way to the new one: a higher seq, or the higher id where seqs are equal. */
const IS_NEWER = 'VALUES(seq) > seq OR (VALUES(seq) = seq AND VALUES(op_id) > op_id)';

async function settle(database: Database, operation: CartOperation): Promise<void> {
  const { customerId, sku, quantity, seq, opId } = operation;
  await database.transaction(async (session) => {
    // First, because this row's lock is what keeps two workers apart on one cart.
    await session.change(
      'INSERT INTO cart (customer_id, seq) VALUES (?, ?) ON DUPLICATE KEY UPDATE seq = GREATEST(seq, VALUES(seq))',
      [customerId, seq],
    );
    // Assignments take effect from left to right, so what the condition reads changes last.
    await session.change(
      `INSERT INTO cart_item (customer_id, sku, quantity, seq, op_id) VALUES (?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE
         quantity = IF(${IS_NEWER}, VALUES(quantity), quantity),
         op_id = IF(${IS_NEWER}, VALUES(op_id), op_id),
         seq = GREATEST(seq, VALUES(seq))`,
      [customerId, sku, quantity, seq, opId],
    );
    const [total] = await session.rows<{ readonly cents: number | null }>(
      `SELECT SUM(item.quantity * product.price_cents) AS cents
       FROM cart_item AS item JOIN product ON product.id = item.sku WHERE item.customer_id = ?`,
      [customerId],
    );
    await session.change('UPDATE cart SET total_cents = ? WHERE customer_id = ?', [
      total?.cents ?? 0,
      customerId,
    ]);
    return { kind: 'commit', result: undefined };
  });
}
