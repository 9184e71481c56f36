import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretBook } from './secret-book.ts';
import { createSecretSearch } from './secret-search.ts';

const kindsOf = (...secrets: readonly string[]) =>
  new Map(secrets.map((secret) => [secret, 'password' as const]));

const offsetsIn = (search: ReturnType<typeof createSecretSearch>, pieces: readonly string[]) =>
  pieces.flatMap((piece) => search.push(Buffer.from(piece)).map(({ endOffset }) => endOffset));

describe('the search for secrets', () => {
  it('finds each place where one stands, and nothing in a text without', () => {
    const search = createSecretSearch(kindsOf('correct horse', 'tok_visa'));
    expect(offsetsIn(search, ['a tok_visa, a correct horse, a tok_vis'])).toEqual([10, 27]);
  });

  it('finds one that lies across pieces, once', () => {
    const search = createSecretSearch(kindsOf('correct horse'));
    expect(offsetsIn(search, ['x corr', 'ect', ' horse', ' and so on'])).toEqual([15]);
  });

  it('agrees with a plain search, however the text is cut', () => {
    const letter = fc.constantFrom('a', 'b', '"');
    const secret = fc.string({ unit: letter, minLength: 8, maxLength: 10 });
    const pieces = fc.array(fc.string({ unit: letter, maxLength: 30 }), { maxLength: 10 });
    fc.assert(
      fc.property(secret, pieces, (wanted, cut) => {
        const text = cut.join('');
        const expected: number[] = [];
        for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
          expected.push(at + wanted.length);
        }
        expect(offsetsIn(createSecretSearch(kindsOf(wanted)), cut)).toEqual(expected);
      }),
    );
  });
});

describe('the book of secrets', () => {
  it('knows a secret as JSON and an address would spell it', () => {
    const book = new SecretBook();
    book.note('say "friend"', 'password');
    expect([...book.kinds.keys()]).toEqual(['say "friend"', 'say \\"friend\\"', 'say%20%22friend%22']);
  });

  it('leaves out what turns up by chance', () => {
    const book = new SecretBook();
    book.note('1234567', 'recovery code');
    expect(book.kinds.size).toBe(0);
  });
});
