/** Markup that may stand in a page as it is; only this file makes it. */
export interface Html {
  readonly markup: string;
  readonly [isMarkup]: true;
}

const isMarkup = Symbol('markup');

/** What may stand in a template: texts are escaped, markup is not, lists are joined, undefined is nothing. */
export type Content = string | number | Html | undefined | readonly Content[];

/** A page's text, as a tagged template: whatever is put in is escaped unless it came out of here itself. */
export function html(pieces: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const markup = pieces
    .map((piece, place) => (place === 0 ? '' : written(contents[place - 1])) + piece)
    .join('');
  return trusted(markup);
}

/** For texts of our own that are code, not words: styles and scripts. */
export function trusted(markup: string): Html {
  return { markup, [isMarkup]: true };
}

function written(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'string' || typeof content === 'number') return escapeText(String(content));
  return isHtml(content) ? content.markup : content.map(written).join('');
}

function isHtml(content: Html | readonly Content[]): content is Html {
  return isMarkup in content;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in quotes. Characters that HTML forbids become U+FFFD. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (character) => REFERENCES[character] ?? character)
    .replaceAll(/[^\P{Cc}\t\n]/gu, '\uFFFD');
}
