import type { FaultOffer } from '../../../control/drill-state.ts';
import { offersFound, targetsFound } from '../../keys/fault-choice.ts';
import type { FaultDialog, Field } from '../../keys/ui-state.ts';
import type { Box } from '../box.ts';
import type { Glyphs } from '../glyphs.ts';
import { cell, type Line, span, wrap } from '../line.ts';
import { firstShown, shownNote } from '../panel.ts';

const COLUMNS = 72;

/** The dialog that injects a fault, one step at a time. */
export function faultBox(
  dialog: FaultDialog,
  offers: readonly FaultOffer[] | undefined,
  room: { readonly columns: number; readonly rows: number; readonly glyphs: Glyphs },
): Box {
  const rows = Math.max(room.rows - 5, 1);
  switch (dialog.step) {
    case 'kind': {
      const found = offersFound(offers ?? [], dialog.search);
      const lines = found.map((offer): readonly [string, string] => [nameOf(offer), offer.about]);
      const empty =
        offers === undefined ? 'asking the drill what can be injected…' : 'no kind holds these words';
      return listBox('Inject a fault: kind', dialog, lines, empty, rows, room.glyphs);
    }
    case 'target': {
      const found = targetsFound(dialog.offer, dialog.search);
      const title = `Inject ${dialog.offer.kind}: ${dialog.offer.targetKey}`;
      const lines = found.map((target): readonly [string, string] => [target, '']);
      return listBox(title, dialog, lines, 'no target holds these words', rows, room.glyphs);
    }
    case 'settings':
      return settingsBox(dialog, rows, room);
  }
}

function nameOf({ targetKey, kind }: FaultOffer): string {
  return `${targetKey} ${kind}`;
}

function listBox(
  title: string,
  { search, index }: { readonly search: string; readonly index: number },
  entries: readonly (readonly [name: string, about: string])[],
  empty: string,
  rows: number,
  glyphs: Glyphs,
): Box {
  const chosen = Math.min(index, Math.max(entries.length - 1, 0));
  const first = firstShown(chosen, entries.length, rows);
  const shown = entries.slice(first, first + rows);
  const lines = shown.map(([name, about], offset): Line => {
    const isChosen = first + offset === chosen;
    const head = `${isChosen ? glyphs.focus : ' '} ${name}`;
    const columns = about === '' ? COLUMNS : 32;
    return [
      cell(head, columns, isChosen ? 'chosen' : 'plain'),
      span(about === '' ? '' : ` ${about}`, 'faint'),
    ];
  });
  const note = shownNote(first, shown.length, entries.length);
  return {
    title: `${title} (${note})`,
    lines: [
      [span('filter: ', 'faint'), span(`${search}_`, 'strong')],
      ...(lines.length === 0 ? [[span(`  ${empty}`, 'faint')]] : lines),
    ],
    columns: COLUMNS,
  };
}

function settingsBox(
  dialog: FaultDialog & { readonly step: 'settings' },
  rows: number,
  { columns, glyphs }: { readonly columns: number; readonly glyphs: Glyphs },
): Box {
  const { offer, target, fields, index, problem } = dialog;
  const first = firstShown(index, fields.length, Math.max(rows - 3, 1));
  const shown = fields.slice(first, first + Math.max(rows - 3, 1));
  const inner = Math.min(COLUMNS, columns - 4);
  const chosen = fields[index];
  return {
    title: `Inject ${offer.kind} on ${target}`,
    lines: [
      ...shown.map((field, offset) => fieldLine(field, first + offset === index, glyphs)),
      [],
      ...(chosen === undefined ? [] : wrap(aboutOf(chosen), inner, 'faint').slice(0, 2)),
      ...(problem === undefined ? [] : wrap(`! ${problem}`, inner, 'bad').slice(0, 2)),
    ],
    columns: COLUMNS,
  };
}

function fieldLine({ name, text, isRequired, usual }: Field, isChosen: boolean, glyphs: Glyphs): Line {
  const left = isRequired ? 'must be given' : usual === undefined ? 'may be left out' : `usual ${usual}`;
  return [
    cell(`${isChosen ? glyphs.focus : ' '} ${name}`, 20, isChosen ? 'title' : 'plain'),
    cell(`${text}${isChosen ? '_' : ''}`, 24, isChosen ? 'chosen' : 'strong'),
    span(`  ${left}`, 'faint'),
  ];
}

function aboutOf({ about, accepted }: Field): string {
  return accepted === undefined ? about : `${about} (${accepted.join(', ')})`;
}
