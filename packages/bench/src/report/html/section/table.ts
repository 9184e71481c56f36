import { type Content, type Html, html } from '../html.ts';

interface Column {
  readonly head: string;
  /** Numbers stand under one another. */
  readonly isNumber?: boolean;
  /** Holds sentences or expressions: it gets room, and may break anywhere. */
  readonly isWide?: boolean;
}

/** Rows beyond this make a page slow and are no longer read; the report itself has them all. */
const ROWS_MAX = 200;

/** A table that scrolls by itself where a screen is narrow. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
  rowsMax = ROWS_MAX,
): Html {
  const shown = rows.slice(0, rowsMax);
  const rest =
    rows.length > rowsMax
      ? html`<p class="note">and ${rows.length - rowsMax} more in report.json</p>`
      : undefined;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="${columns.some(({ isWide }) => isWide === true) ? 'full' : 'compact'}">
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.head}</th>`)}</tr></thead>
<tbody>
${shown.map(
  (cells) =>
    html`<tr>${cells.map((cell, place) => html`<td class="${classOf(columns[place])}">${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>${rest}`;
}

function classOf(column: Column | undefined): string {
  if (column?.isNumber === true) return 'number';
  return column?.isWide === true ? 'wide' : 'plain';
}
