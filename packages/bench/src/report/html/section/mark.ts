import { type Html, html } from '../html.ts';

/** How an answer looks: a sign and a word, so that colour is never all there is. */
export type Tone = 'good' | 'bad' | 'doubt' | 'quiet';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✗', doubt: '?', quiet: '·' };

export function mark(tone: Tone, word: string): Html {
  return html`<span class="mark ${tone}"><span aria-hidden="true">${SIGNS[tone]}</span> ${word}</span>`;
}
