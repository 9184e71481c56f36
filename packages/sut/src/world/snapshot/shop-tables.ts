/**
 * How each part of the snapshot is read: the columns are named as the snapshot names them, and the
 * order is fixed, so that two snapshots of the same state are equal.
 */
export const SHOP_TABLES = {
  stock: `SELECT product_id AS productId, initial, available, reserved, sold FROM stock ORDER BY product_id`,
  stockMoves: `SELECT id, product_id AS productId, order_id AS orderId, kind, quantity FROM stock_move ORDER BY id`,
  orders: `SELECT id AS orderId, customer_id AS customerId, idempotency_key AS \`key\`, status,
    total_cents AS totalCents FROM orders ORDER BY id`,
  orderItems: `SELECT order_id AS orderId, product_id AS productId, quantity, price_cents AS priceCents
    FROM order_item ORDER BY order_id, product_id`,
  orderEvents: `SELECT id, order_id AS orderId, from_status AS \`from\`, to_status AS \`to\`
    FROM order_event ORDER BY id`,
  idempotency: `SELECT customer_id AS customerId, idempotency_key AS \`key\`, order_id AS orderId
    FROM idempotency ORDER BY customer_id, idempotency_key`,
  carts: `SELECT customer_id AS customerId, seq FROM cart ORDER BY customer_id`,
  cartItems: `SELECT customer_id AS customerId, sku, quantity, seq, op_id AS opId
    FROM cart_item ORDER BY customer_id, sku`,
  outbox: `SELECT id, topic, message_id AS messageId, payload FROM outbox ORDER BY id`,
  inbox: `SELECT consumer, message_id AS messageId FROM inbox ORDER BY consumer, message_id`,
  auditTrail: `SELECT id, kind, action, customer_id AS customerId, order_id AS orderId
    FROM audit_trail ORDER BY id`,
  products: `SELECT id AS productId, version, price_cents AS priceCents FROM product ORDER BY id`,
} as const;

export type ShopTable = keyof typeof SHOP_TABLES;
