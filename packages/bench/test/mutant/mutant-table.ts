import { change, type Mutant } from './mutant.ts';
import { raceMutants } from './race-mutants.ts';

/** Mistakes in what the shop stores and passes on. */
const dataMutants: readonly Mutant[] = [
  {
    name: 'inbox-skipped',
    changes: [
      change(
        'worker/inbox.ts',
        `await session.change('INSERT INTO inbox (consumer, message_id) VALUES (?, ?)', [consumer, messageId]);`,
        `await session.rows('SELECT ? AS consumer, ? AS messageId', [consumer, messageId]);`,
      ),
    ],
    drill: 'calm',
    trips: 'outbox-empty',
    says: /payments took effect/,
  },
  {
    name: 'acknowledged-before-commit',
    changes: [
      {
        file: 'packages/sut/src/service/broker/consumer.ts',
        exchanges: [
          {
            from: 'const verdict = await judge(message, signal);',
            to: 'channel.ack(message);\n  const verdict = await judge(message, signal);',
          },
          { from: `case 'done':\n      channel.ack(message);`, to: `case 'done':` },
        ],
      },
    ],
    drill: 'worker-killed',
    trips: 'cart-settled',
  },
  {
    name: 'stock-unconditional',
    changes: [
      change(
        'orders/stock.ts',
        'AND ${from} >= ${quantity} ORDER BY product_id',
        'AND ${quantity} >= 0 ORDER BY product_id',
      ),
      change('schema/tables.sql', 'available INT NOT NULL CHECK (available >= 0)', 'available INT NOT NULL'),
    ],
    drill: 'scarce',
    trips: 'stock-conserved',
    says: /negative/,
  },
  {
    name: 'payment-without-key',
    changes: [change('worker/saga-parts.ts', '=> `pay-${orderId}`', '=> `pay-${orderId}-${process.pid}`')],
    drill: 'worker-killed',
    trips: 'payments-exact',
    says: /charged 2 times/,
  },
  {
    name: 'refund-twice',
    changes: [
      change('worker/saga-parts.ts', '=> `refund-${orderId}`', '=> `refund-${orderId}-${Date.now()}`'),
    ],
    drill: 'replies-lost',
    trips: 'payments-exact',
    says: /given back 2 times/,
  },
  {
    name: 'outbox-deleted-before-confirm',
    changes: [
      change(
        'service/outbox/carry-outbox.ts',
        'await removeRows(session, carried);',
        'await removeRows(session, rows.map((row) => row.id));',
      ),
    ],
    drill: 'relay-cut',
    trips: 'sagas-ended',
    says: /stuck|lost/,
  },
  {
    name: 'cart-without-seq-check',
    changes: [
      change(
        'worker/cart-consumer.ts',
        `'VALUES(seq) > seq OR (VALUES(seq) = seq AND VALUES(op_id) > op_id)'`,
        `'1 = 1'`,
      ),
    ],
    drill: 'calm',
    trips: 'cart-settled',
  },
  {
    name: 'cart-accepted-unconfirmed',
    changes: [change('account/cart-routes.ts', `outcome.kind === 'confirmed'`, `outcome.kind !== undefined`)],
    drill: 'carts-cut',
    trips: 'cart-settled',
  },
  {
    name: 'cache-never-voided',
    changes: [
      change(
        'catalog/cache-scripts.ts',
        `if stored and versionOf(stored) < tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) end\n`,
        '',
      ),
    ],
    drill: 'calm',
    trips: 'cache-consistent',
  },
  {
    name: 'stale-cache-write',
    changes: [
      {
        file: 'packages/sut/src/catalog/cache-scripts.ts',
        exchanges: [
          { from: `if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'voided' end\n`, to: '' },
          { from: `if stored and versionOf(stored) > tonumber(ARGV[2]) then return 'older' end\n`, to: '' },
        ],
      },
      // The reader is slow to fill what it has loaded, as under load.
      change(
        'catalog/product-reader.ts',
        'policy\n      .execute(() => cache.fill(id, lease, filling))',
        'new Promise((resolve) => setTimeout(resolve, 500))\n      .then(() => policy.execute(() => cache.fill(id, lease, filling)))',
      ),
    ],
    drill: 'calm',
    trips: 'cache-consistent',
  },
  {
    name: 'poison-swallowed',
    changes: [
      change('service/broker/consumer.ts', 'channel.nack(message, false, false);', 'channel.ack(message);'),
    ],
    drill: 'calm',
    trips: 'dead-letters',
    says: /taken off queue/,
  },
  {
    name: 'idempotency-key-ignored',
    changes: [
      change(
        'orders/routes.ts',
        'await createOrder(database, { customerId, key, request: body })',
        'await createOrder(database, { customerId, key: crypto.randomUUID(), request: body })',
      ),
    ],
    drill: 'calm',
    trips: 'orders-stored',
  },
  {
    name: 'total-without-quantity',
    changes: [
      change(
        'orders/create-order.ts',
        'sum + quantity * priceCents',
        'sum + Math.min(quantity, 1) * priceCents',
      ),
    ],
    drill: 'calm',
    trips: 'order-total',
  },
  {
    name: 'shipment-without-trail',
    changes: [
      change(
        'orders/saga.ts',
        'await recordEvent(session, orderId, step.from, step.to);',
        `if (step.to !== 'SHIPPED') await recordEvent(session, orderId, step.from, step.to);`,
      ),
    ],
    drill: 'calm',
    trips: 'trail-complete',
    says: /SHIPPED/,
  },
  {
    name: 'cart-shown-unsettled',
    changes: [change('account/cart-routes.ts', 'if (seq < minSeq) {', 'if (seq < 0) {')],
    drill: 'worker-slow',
    trips: 'read-your-writes',
  },
];

/** Mistakes that let somebody have what is not theirs, or know it. */
const securityMutants: readonly Mutant[] = [
  {
    name: 'price-from-client',
    changes: [
      change(
        'orders/order-request.ts',
        'quantity: z.number().int().min(1).max(QUANTITY_MAX),\n});',
        'quantity: z.number().int().min(1).max(QUANTITY_MAX),\n  priceCents: z.number().int().optional(),\n});',
      ),
      change(
        'orders/price-lines.ts',
        'lines.push({ ...item, priceCents: row.priceCents });',
        'lines.push({ priceCents: row.priceCents, ...item });',
      ),
    ],
    drill: 'calm',
    trips: 'probes-refused',
    says: /probe\.own-price/,
  },
  {
    name: 'session-never-revalidated',
    changes: [
      {
        file: 'packages/sut/src/service/authentication.ts',
        exchanges: [
          {
            from: 'export function createAuthenticate(database: Session): Authenticate {\n',
            to: 'export function createAuthenticate(database: Session): Authenticate {\n  const remembered = new Map();\n',
          },
          {
            from: 'const tokenHash = hashToken(token);\n',
            to: 'const tokenHash = hashToken(token);\n    if (remembered.has(token)) return remembered.get(token);\n',
          },
          {
            from: 'return { customerId, role, tokenHash };',
            to: 'remembered.set(token, { customerId, role, tokenHash });\n    return { customerId, role, tokenHash };',
          },
        ],
      },
    ],
    drill: 'calm',
    trips: 'probes-refused',
    says: /probe\.revoked-token/,
  },
  {
    name: 'one-time-code-replayed',
    changes: [
      change(
        'account/mfa/second-factor.ts',
        'WHERE customer_id = ? AND last_step < ? AND confirmed_at IS NOT NULL',
        'WHERE customer_id = ? AND ? > 0 AND confirmed_at IS NOT NULL',
      ),
    ],
    drill: 'calm',
    trips: 'probes-refused',
    says: /probe\.used-code/,
  },
  {
    name: 'order-readable-by-another',
    changes: [
      change(
        'orders/routes.ts',
        'if (order === undefined || order.customerId !== identity.customerId) return noSuchOrder(id);',
        'if (order === undefined) return noSuchOrder(id);',
      ),
    ],
    drill: 'calm',
    trips: 'probes-refused',
    says: /probe\.foreign-order/,
  },
  {
    name: 'role-unchecked',
    changes: [
      change(
        'service/route.ts',
        'definition.role !== undefined && identity.role !== definition.role',
        'definition.role !== undefined && identity.role === undefined',
      ),
    ],
    drill: 'calm',
    trips: 'probes-refused',
    says: /probe\.admin-route/,
  },
  {
    name: 'password-logged',
    changes: [
      change(
        'account/identity/auth-routes.ts',
        'await login.withPassword({ ...body, clientAddress })',
        'await login.withPassword((process.stdout.write(`${JSON.stringify(body)}\n`), { ...body, clientAddress }))',
      ),
    ],
    drill: 'calm',
    trips: 'secrets-kept',
    says: /a password stands in account-/,
  },
  {
    name: 'refusal-logged-as-success',
    changes: [
      {
        file: 'packages/balancer/src/proxy/exchange.ts',
        exchanges: [
          {
            from: '      status: this.#status,\n',
            to: '      status: this.#status === 404 ? 200 : this.#status,\n',
          },
        ],
      },
    ],
    drill: 'calm',
    trips: 'ledger-agrees',
  },
];

/** In the order in which they are drilled. */
export const mutants: readonly Mutant[] = [...dataMutants, ...raceMutants, ...securityMutants];
