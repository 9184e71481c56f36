import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeyedOrder } from './keyed-order.ts';

it('keeps the order within each key, whatever each action takes and however it ends', async () => {
  const action = fc.record({ key: fc.constantFrom('a', 'b', 'c'), turns: fc.nat(5), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
      const order = createKeyedOrder();
      const log: string[] = [];
      const results = actions.map(({ key, turns, fails }, index) =>
        order.run(key, async () => {
          log.push(`${key} begins ${index}`);
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
          log.push(`${key} ends ${index}`);
          if (fails) throw new Error('no');
        }),
      );
      await Promise.allSettled(results);
      for (const key of ['a', 'b', 'c']) {
        const expected = actions.flatMap((each, index) =>
          each.key === key ? [`${key} begins ${index}`, `${key} ends ${index}`] : [],
        );
        expect(log.filter((line) => line.startsWith(key))).toEqual(expected);
      }
    }),
  );
});

it('runs different keys side by side', async () => {
  const order = createKeyedOrder();
  void order.run('a', () => new Promise(() => undefined));
  expect(await order.run('b', () => Promise.resolve('ran'))).toBe('ran');
});
