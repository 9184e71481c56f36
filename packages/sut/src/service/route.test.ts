import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { integerText } from './integer-text.ts';
import { parseInput } from './route.ts';

const schema = z.object({
  query: z.strictObject({ id: integerText(1, 100) }),
  body: z.strictObject({ password: z.string().min(8) }),
});

const parse = (query: unknown, body: unknown) => parseInput(schema, { params: {}, query, body });

describe('a request’s input', () => {
  it('is parsed to its types', () => {
    expect(parse({ id: '17' }, { password: 'long enough' })).toEqual({
      kind: 'valid',
      value: { query: { id: 17 }, body: { password: 'long enough' } },
    });
  });

  it('that is wrong names every field at once, and repeats no value', () => {
    const parsed = parse({ id: '0x11', page: '2' }, { password: 'hush' });
    expect(parsed).toMatchObject({
      kind: 'invalid',
      answer: {
        status: 400,
        body: {
          type: 'urn:stormcart:problem:invalid-request',
          errors: [{ field: 'query.id' }, { field: 'query.page' }, { field: 'body.password' }],
        },
      },
    });
    expect(JSON.stringify(parsed)).not.toContain('hush');
    expect(JSON.stringify(parsed)).not.toContain('0x11');
  });

  it('that is missing altogether is wrong', () => {
    expect(parse({ id: '1' }, undefined)).toMatchObject({
      kind: 'invalid',
      answer: { body: { errors: [{ field: 'body' }] } },
    });
  });
});

it.each(['', ' 1', '1 ', '+1', '-1', '1.0', '1e1', '0x1', '101', '0', '99999999999999999'])(
  'does not take %j for a whole number from 1 to 100',
  (text) => {
    expect(integerText(1, 100).safeParse(text).success).toBe(false);
  },
);
