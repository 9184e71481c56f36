import type { DrillState } from '../../control/drill-state.ts';
import { REQUEST_OUTCOMES } from '../../load/ledger.ts';
import { formatCount, formatShare } from '../../report/format.ts';
import { outcomeWord } from '../../report/terminal-words.ts';
import { cell, type Line, span } from './line.ts';
import { type Block, panel } from './panel.ts';
import type { View } from './view.ts';

/** Every outcome and the sum, with a title. */
export const LEDGER_LINES = REQUEST_OUTCOMES.length + 3;

/** In one line, for screens of few lines: what is zero is left away. */
export function ledgerLine({ ledger, load }: DrillState): Line {
  const bad = REQUEST_OUTCOMES.filter((outcome) => outcome !== 'ok' && ledger[outcome] > 0);
  return [
    span(' ledger    ', 'faint'),
    span(`${formatCount(ledger.planned)} planned, ${formatCount(ledger.ok)} ok`),
    ...bad.map((outcome) => span(`, ${formatCount(ledger[outcome])} ${outcomeWord(outcome)}`, 'bad')),
    span(`, ${formatCount(load.inFlight)} in flight`, 'faint'),
  ];
}

/** One line per outcome. */
export function ledgerTable(view: View, state: DrillState, columns: number, rows: number): Block {
  const { planned } = state.ledger;
  const lines = REQUEST_OUTCOMES.map((outcome): Line => {
    const count = state.ledger[outcome];
    const share = planned === 0 ? '-' : formatShare(count / planned);
    const isBad = outcome !== 'ok' && count > 0;
    return [
      span(isBad ? '! ' : '  ', 'bad'),
      cell(outcomeWord(outcome), 18, isBad ? 'bad' : 'plain'),
      cell(formatCount(count), 13, isBad ? 'bad' : 'plain', 'right'),
      cell(share, 11, 'faint', 'right'),
    ];
  });
  const flight: Line = [
    cell('  in flight', 20, 'faint'),
    cell(formatCount(state.load.inFlight), 13, 'faint', 'right'),
  ];
  const note = `${formatCount(planned)} planned`;
  return panel({ title: 'Ledger', note, columns, rows, glyphs: view.glyphs }, [...lines, flight]);
}
