import { array, assert, constantFrom, property, tuple } from 'fast-check';
import { expect, it } from 'vitest';
import { HeaderList } from './header-list.ts';
import { parseFields } from './parse-fields.ts';

/** Of one length and of others, in several spellings; the last one's length is that of `te` modulo 32. */
const names = [
  'te',
  'TE',
  'Host',
  'hosT',
  'Content-Length',
  'X-Content-Lengt',
  `X-${'a'.repeat(32)}`,
] as const;
const anyFields = array(tuple(constantFrom(...names), constantFrom('', 'a', 'a, b', 'Ünï')), {
  maxLength: 8,
});

it('answers from the text what it answers from the fields', () => {
  assert(
    property(anyFields, (fields) => {
      const text = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const lazy = parseFields(text, 0, 20);
      const eager = new HeaderList(fields.map(([name, value]) => ({ name, key: name.toLowerCase(), value })));
      for (const key of [...names.map((name) => name.toLowerCase()), 'absent']) {
        expect(lazy.get(key)).toBe(eager.get(key));
        expect(lazy.count(key)).toBe(eager.count(key));
        expect(lazy.tokens(key)).toEqual(eager.tokens(key));
      }
      expect(lazy.fields).toEqual(eager.fields);
      expect(lazy.toRecord()).toEqual(eager.toRecord());
      // Once they are cut out they answer for themselves.
      expect(lazy.get('host')).toBe(eager.get('host'));
      expect(lazy.count('te')).toBe(eager.count('te'));
    }),
  );
});
