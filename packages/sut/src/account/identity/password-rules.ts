import { commonWords, walks } from './common-words.ts';

/**
 * NIST SP 800-63B-4 section 3.1.1.2 asks for fifteen characters where a password may be the only factor, counted in
 * code points, for at least 64 to be allowed, for no rules of composition, and for a blocklist. The upper bound keeps
 * the input of the hash bounded.
 */
export const passwordLength = { min: 15, max: 128 } as const;

/** What is known of the person, and so the first thing that a guesser tries. */
export interface PasswordContext {
  readonly email: string;
  readonly name: string;
}

export type PasswordFault =
  /** So few different characters, or a row of keys: it is long without saying much. */
  | 'repetitive'
  /** Made of common words, the shop's name, or the person's own. */
  | 'common';

const SERVICE_WORDS = ['stormcart'];
/** Fewer different ones than a telephone number has. */
const DISTINCT_CHARACTERS_MIN = 5;
/** Three words of some hundreds are 2^28 guesses; from four on a phrase is somebody's own. */
const WORDS_MAX = 3;
/** A shorter one would be found inside innocent words. */
const CONTEXT_WORD_LETTERS_MIN = 3;

/** Signs that stand for letters to everybody who "makes a password safer", guessers included. */
const DISGUISES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
};

/** The form that is hashed and judged: one character may have several spellings in Unicode (UAX 15). */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC');
}

export function hasPasswordLength(password: string): boolean {
  const { length } = Array.from(normalisePassword(password));
  return length >= passwordLength.min && length <= passwordLength.max;
}

/** What speaks against a new password beside its length; undefined for a good one. */
export function passwordFault(password: string, context: PasswordContext): PasswordFault | undefined {
  const text = normalisePassword(password).toLowerCase();
  if (new Set(text).size < DISTINCT_CHARACTERS_MIN || isWalk(text)) return 'repetitive';
  const own = contextWords(context);
  const isWord = (word: string): boolean => commonWords.has(word) || own.has(word);
  const candidates = [lettersOf(text), lettersOf(undisguise(text))];
  return candidates.some((letters) => isMadeOf(smallestUnit(letters), isWord)) ? 'common' : undefined;
}

function lettersOf(text: string): string {
  return text.replaceAll(/[^\p{L}]/gu, '');
}

/** Digits and signs around the letters are padding, not disguise. */
function undisguise(text: string): string {
  const core = text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
  return core.replaceAll(/[\d@$]/g, (character) => DISGUISES[character] ?? character);
}

function isWalk(text: string): boolean {
  const bare = text.replaceAll(/[\s._-]/g, '');
  return walks.some((walk) => {
    const endless = walk.repeat(Math.ceil(bare.length / walk.length) + 1);
    return endless.includes(bare) || Array.from(endless).toReversed().join('').includes(bare);
  });
}

/** `sesame` of `sesamesesame`: repeating adds length and nothing else. */
function smallestUnit(text: string): string {
  // The text is found in its own double before its end only if it repeats itself.
  const period = (text + text).indexOf(text, 1);
  return period > 0 ? text.slice(0, period) : text;
}

/** Whether a few words cover all the letters. */
function isMadeOf(letters: string, isWord: (text: string) => boolean): boolean {
  // No letters at all: digits, which are judged as a walk or by their number of kinds.
  if (letters === '') return false;
  let ends = new Set([0]);
  for (let count = 0; count < WORDS_MAX; count += 1) {
    const next = new Set<number>();
    for (const start of ends) {
      for (let end = start + 1; end <= letters.length; end += 1) {
        if (isWord(letters.slice(start, end))) next.add(end);
      }
    }
    if (next.has(letters.length)) return true;
    ends = next;
  }
  return false;
}

/** The parts of the address and the name, and the shop's own name. */
function contextWords({ email, name }: PasswordContext): ReadonlySet<string> {
  const [local = '', domain = ''] = email.toLowerCase().split('@');
  const whole = [local, domain, name.toLowerCase()];
  const parts = whole.flatMap((text) => text.split(/[^\p{L}]+/u));
  const words = [...parts, ...whole.map(lettersOf)];
  return new Set([...SERVICE_WORDS, ...words.filter((word) => word.length >= CONTEXT_WORD_LETTERS_MIN)]);
}
