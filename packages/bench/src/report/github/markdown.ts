/** Texts longer than this are cut: a summary is read, and GitHub takes 1 MiB per step. */
const TEXT_CHARS = 400;

/**
 * Text that is to be read as it is. Everything that Markdown, its tables, HTML, mentions or emoji codes would take for
 * their own is written as a character reference, which none of them interprets.
 */
export function plainText(text: string): string {
  const cut = text.length > TEXT_CHARS ? `${text.slice(0, TEXT_CHARS)}…` : text;
  return (
    cut
      .toWellFormed()
      .replaceAll(/\s+/g, ' ')
      .trim()
      .replaceAll(/\p{Cc}/gu, '\uFFFD')
      .replaceAll(/[&<>|`*_[\]\\#~!:@$"'(){}=+]/g, reference)
      // At the start of a line these begin a list.
      .replace(/^-|(?<=^\d+)\./, reference)
  );
}

export function code(text: string): string {
  return `<code>${plainText(text)}</code>`;
}

/** Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
