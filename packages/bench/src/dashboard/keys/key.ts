/** One press of a key, as the terminal told it. */
export interface Key {
  /** `up`, `enter`, `escape`, `C-c`; of a character the character. */
  readonly name: string;
  /** What it would write. */
  readonly text?: string;
}

/** The text with the key's character behind it, or without its last one; undefined if the key writes nothing. */
export function typed(text: string, { name, text: written }: Key): string | undefined {
  if (name === 'backspace') return Array.from(text).slice(0, -1).join('');
  if (name === 'C-u') return '';
  if (written === undefined || written === '') return undefined;
  return Array.from(text + written)
    .slice(0, LONGEST_TEXT)
    .join('');
}

/** A target's or filter's words; more can only be a paste into the wrong window. */
const LONGEST_TEXT = 200;

/** How far a key moves in a list: lines, pages, or to its ends. */
export function stepOf(name: string, page: number): number | undefined {
  switch (name) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'pageup':
      return -page;
    case 'pagedown':
      return page;
    case 'home':
      return Number.NEGATIVE_INFINITY;
    case 'end':
      return Number.POSITIVE_INFINITY;
    default:
      return undefined;
  }
}

/** The place in a list after a step, within it. */
export function moved(index: number, step: number, count: number): number {
  return Math.min(Math.max(index + step, 0), Math.max(count - 1, 0));
}
