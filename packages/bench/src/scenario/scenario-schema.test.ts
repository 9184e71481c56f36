import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { paperShop } from '../../test/fixture/paper-shop.ts';
import { changed, goodText } from '../../test/fixture/read-scenario.ts';
import { scenarioSchema } from './scenario-schema.ts';

describe('the JSON Schema', () => {
  const schema = z.fromJSONSchema(scenarioSchema(paperShop));

  it('accepts a right scenario', () => {
    expect(schema.safeParse(parse(goodText)).error).toBeUndefined();
  });

  it.each(['window-shopping', '{browse: 1}'])('accepts the mix %s', (mix) => {
    const text = changed('{browse: 70, search: 15, checkout: 15}', mix);
    expect(schema.safeParse(parse(text)).error).toBeUndefined();
  });

  it.each([
    ['an unknown mix', changed('{browse: 70, search: 15, checkout: 15}', 'window-shoping')],
    ['an unknown key', changed('policies:', 'polices:')],
    ['an unknown toxic', changed('toxic: timeout', 'toxic: timeoot')],
    ['an unknown journey', changed('browse: 70', 'brows: 70')],
    ['a rate without its unit', changed('{for: 45s, rate: 40/s}', '{for: 45s, rate: 40}')],
    ['too many replicas', changed('orders: 2', 'orders: 20')],
    ['a missing name', changed('name: redis-blackhole\n', '')],
  ])('refuses %s', (_name, text) => {
    expect(schema.safeParse(parse(text)).success).toBe(false);
  });
});
