import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonWords, walks } from './common-words.ts';
import { hasPasswordLength, normalisePassword, passwordFault, passwordLength } from './password-rules.ts';

const context = { email: 'ada.lovelace@example.test', name: 'Ada Byron King' };

describe('the length of a password', () => {
  it('is 15 to 128 characters, counted as people see them', () => {
    expect(hasPasswordLength('x'.repeat(14))).toBe(false);
    expect(hasPasswordLength('x'.repeat(15))).toBe(true);
    expect(hasPasswordLength('x'.repeat(128))).toBe(true);
    expect(hasPasswordLength('x'.repeat(129))).toBe(false);
    expect(hasPasswordLength('🐴'.repeat(14))).toBe(false);
    expect(hasPasswordLength('🐴'.repeat(15))).toBe(true);
  });

  it('is that of the normal form, which is the same however it was typed', () => {
    expect(normalisePassword('é'.normalize('NFD'))).toBe(normalisePassword('é'.normalize('NFC')));
    expect(hasPasswordLength('é'.normalize('NFD').repeat(14))).toBe(false);
  });
});

describe('a new password', () => {
  it.each([
    ['aaaaaaaaaaaaaaaaa', 'repetitive'],
    ['ababababababababab', 'repetitive'],
    ['123456789012345', 'repetitive'],
    ['987654321098765', 'repetitive'],
    ['abcdefghijklmnop', 'repetitive'],
    ['Qwertyuiop asdfghjkl', 'repetitive'],
    ['1q2w3e4r5t6y7u8i', 'repetitive'],
    ['passwordpassword', 'common'],
    ['Password-Password-Password-Password', 'common'],
    ['P@ssw0rd!P@ssw0rd!', 'common'],
    ['password20252026!', 'common'],
    ['LetMeIn Sunshine 1999', 'common'],
    ['correct horse battery staple', 'common'],
    ['Stormcart-password-1', 'common'],
    ['stormcartstormcart', 'common'],
    ['ada.lovelace 1815!!', 'common'],
    ['AdaByronKing12345', 'common'],
  ])('is not %j: %s', (password, fault) => {
    expect(passwordFault(password, context)).toBe(fault);
  });

  it.each([
    'tin whistle at the harbour',
    'nine violet umbrellas',
    'kP4$wz9!mQx2vR7t',
    'fresh paint 0a1b2c3d4e5f6a7b',
    'eine lange eigene Wendung',
    'пароль из нескольких слов',
  ])('may be %j', (password) => {
    expect(passwordFault(password, context)).toBeUndefined();
  });

  it('is nobody else’s word: what is common knowledge of one person is not of another', () => {
    expect(passwordFault('lovelace 1815 1852', context)).toBe('common');
    expect(passwordFault('lovelace 1815 1852', { email: 'x@y.test', name: 'Charles' })).toBeUndefined();
  });

  it('is never one or two common words, whatever digits stand around them', () => {
    const word = fc.constantFrom(...commonWords);
    const digits = fc.stringMatching(/^\d{0,12}$/);
    fc.assert(
      fc.property(word, word, digits, digits, (first, second, before, after) => {
        expect(passwordFault(`${before}${first}${second}${after}`, context)).toBeDefined();
      }),
    );
  });

  it('is never a piece of a walk', () => {
    const piece = fc.record({
      walk: fc.constantFrom(...walks),
      start: fc.nat(30),
      length: fc.integer({ min: passwordLength.min, max: passwordLength.max }),
    });
    fc.assert(
      fc.property(piece, ({ walk, start, length }) => {
        expect(passwordFault(walk.repeat(40).slice(start, start + length), context)).toBe('repetitive');
      }),
    );
  });

  it('is judged whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 256 }), fc.string(), (password, name) => {
        expect([undefined, 'repetitive', 'common']).toContain(passwordFault(password, { email: name, name }));
      }),
    );
  });
});

it('lists a few hundred words, each in the form that is compared', () => {
  expect(commonWords.size).toBeGreaterThan(500);
  for (const word of commonWords) expect(word).toMatch(/^[a-z]{2,}$/);
});
