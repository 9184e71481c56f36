import { change, type Mutant } from './mutant.ts';

/** Mistakes that show only when the same is asked for several times at once. */
export const raceMutants: readonly Mutant[] = [
  {
    // Looks whether the key was used, and trusts that it stays so: right for anybody who asks again later.
    name: 'key-checked-before-insert',
    changes: [
      {
        file: 'packages/sut/src/orders/create-order.ts',
        exchanges: [
          {
            from: '  const order = newOrder(pricing.lines);\n',
            to: '  const earlier = await findEarlier(database, command);\n  if (earlier !== undefined) return earlier;\n  const order = newOrder(pricing.lines);\n',
          },
          { from: 'INSERT INTO idempotency (', to: 'REPLACE INTO idempotency (' },
        ],
      },
      change('schema/tables.sql', 'UNIQUE KEY orders_key', 'KEY orders_key'),
    ],
    drill: 'duplicates',
    trips: 'orders-stored',
    says: /has \d+ stored orders/,
  },
];
