import { eastAsianWidth } from 'get-east-asian-width';

/**
 * Text as a terminal shows it without surprises: each character takes one or two cells of its own. What terminals
 * disagree about is taken out or replaced: controls, zero-width characters, marks that do not compose, skin tones;
 * flags become their letters, and emoji, two cells wide here and one there, a box of one cell.
 */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  let shown = '';
  for (const character of text.normalize('NFC').replaceAll(LINE_ENDS, ' ')) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= FIRST_REGIONAL && code <= LAST_REGIONAL) {
      shown += String.fromCodePoint(LETTER_A + code - FIRST_REGIONAL);
    } else if (code >= FIRST_SURROGATE && code <= LAST_SURROGATE) shown += '\uFFFD';
    else if (!INVISIBLE.test(character)) shown += EMOJI.test(character) ? '▯' : character;
  }
  return shown;
}

/** Cells that a printable text takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += cellsOf(character);
  return width;
}

/** Cells of one printable character: 1 or 2. */
export function cellsOf(character: string): 1 | 2 {
  const code = character.codePointAt(0) ?? 0;
  // Everything below is narrow: Latin, Greek, Cyrillic, Hebrew, Arabic.
  if (code < FIRST_WIDE) return 1;
  return eastAsianWidth(code) === 2 ? 2 : 1;
}

/** The text in exactly `columns` cells: filled up with spaces, or cut with `…`. */
export function fit(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  if (columns <= 0) return '';
  const clean = printable(text);
  const width = widthOf(clean);
  if (width <= columns) {
    const space = ' '.repeat(columns - width);
    return align === 'left' ? clean + space : space + clean;
  }
  const cut = cutAt(clean, columns - 1);
  return `${cut.text}…${' '.repeat(columns - 1 - cut.width)}`;
}

/** As much of a printable text as fits; a wide character that would stick out is left away. */
export function cutAt(text: string, columns: number): { readonly text: string; readonly width: number } {
  let width = 0;
  let end = 0;
  for (const character of text) {
    const cells = cellsOf(character);
    if (width + cells > columns) break;
    width += cells;
    end += character.length;
  }
  return { text: text.slice(0, end), width };
}

/** Hangul Jamo. */
const FIRST_WIDE = 0x11_00;
const FIRST_REGIONAL = 0x1_f1_e6;
const LAST_REGIONAL = 0x1_f1_ff;
const FIRST_SURROGATE = 0xd8_00;
const LAST_SURROGATE = 0xdf_ff;
const LETTER_A = 65;

const PLAIN = /^[\u0020-\u007E]*$/;
/** Shown in colour, and since 2016 wide in most terminals: not in all, and not in all versions. */
const EMOJI = /\p{Emoji_Presentation}/u;
const LINE_ENDS = /[\t\r\n\u2028\u2029]+/g;
/**
 * Controls, format characters (joiners, direction marks, the byte order mark), marks that combine, vowels and final
 * consonants that only stand within a Hangul syllable, fillers, skin tones.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{M}\u115F\u1160-\u11FF\u3164\uD7B0-\uD7FF\uFFA0\p{Emoji_Modifier}]/u;
