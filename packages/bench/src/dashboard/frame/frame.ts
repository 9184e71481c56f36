import type { DrillState } from '../../control/drill-state.ts';
import { activeFaults } from '../keys/fault-choice.ts';
import { type Box, overlaid } from './box.ts';
import { eventLog } from './event-log.ts';
import { faultLines, faults } from './faults.ts';
import { figureRows, figures } from './figures.ts';
import { footer } from './footer.ts';
import { gateLines, gates } from './gates.ts';
import { HEADER_ROWS, header } from './header.ts';
import { isWide, LEAST_COLUMNS, LEAST_ROWS, shareOut } from './layout.ts';
import { LEDGER_LINES, ledgerLine, ledgerTable } from './ledger.ts';
import { type Line, span } from './line.ts';
import { clearBox } from './overlay/clear-box.ts';
import { confirmBox } from './overlay/confirm.ts';
import { detailsBox } from './overlay/details-box.ts';
import { faultBox } from './overlay/fault-box.ts';
import { helpBox } from './overlay/help.ts';
import { type Block, beside, fill } from './panel.ts';
import { topology, topologyLines } from './topology.ts';
import type { View } from './view.ts';

/** The whole screen: as many lines as it has rows, each of exactly its columns. */
export function drawFrame(view: View): Block {
  const { columns, rows, state } = view;
  if (columns < LEAST_COLUMNS || rows < LEAST_ROWS) return tooSmall(view);
  const body = state === undefined ? waiting(view) : drill(view, state);
  const bodyRows = rows - 1;
  const box = boxOf(view, bodyRows);
  const drawn = fill(body, columns, bodyRows);
  return fill(
    [...(box === undefined ? drawn : overlaid(drawn, box, columns, view.glyphs)), footer(view)],
    columns,
    rows,
  );
}

function tooSmall({ columns, rows }: View): Block {
  const words = [
    'too small:',
    `${columns}x${rows}, needs`,
    `${LEAST_COLUMNS}x${LEAST_ROWS} or more`,
    'q leaves',
  ];
  return fill(
    words.map((text): Line => [span(text, 'warn')]),
    columns,
    rows,
  );
}

function waiting({ runName, connection }: View): Block {
  const why =
    connection.kind === 'lost'
      ? `cannot reach the drill: ${connection.why} (try ${connection.attempt})`
      : connection.kind === 'over'
        ? 'the drill is over'
        : connection.kind === 'gone'
          ? 'the drill is gone without a good-bye'
          : 'connecting to the drill…';
  return [
    [span(` ${runName} `, 'title')],
    [],
    [span(` ${why}`, connection.kind === 'lost' ? 'bad' : 'plain')],
  ];
}

function drill(view: View, state: DrillState): Block {
  const { columns, rows } = view;
  const top = [...header(view, state), ...figures(view, state)];
  const left = rows - 1 - HEADER_ROWS - figureRows(rows);
  return [...top, ...(isWide(columns) ? wideBody(view, state, left) : narrowBody(view, state, left))];
}

/** A title and two lines. */
const LEAST_LOG_ROWS = 3;

/** Everything below each other; the focused part gets what it wants. */
function narrowBody(view: View, state: DrillState, rows: number): Block {
  const { columns, ui } = view;
  const needed = topologyLines(state) + gateLines(state) + faultLines(state) + LEAST_LOG_ROWS;
  const faultRowsWanted = rows > needed ? faultLines(state) : 0;
  const [tableRows = 0, gateRows = 0, faultRows = 0, logRows = 0] = shareOut(rows - 1, [
    { least: 4, wanted: topologyLines(state), isFirst: ui.pane === 'rows' },
    { least: 3, wanted: gateLines(state), isFirst: ui.pane === 'gates' },
    { least: faultRowsWanted, wanted: faultRowsWanted },
    { least: LEAST_LOG_ROWS, wanted: ui.pane === 'log' ? rows : 8, isFirst: ui.pane === 'log' },
  ]);
  return [
    ledgerLine(state),
    ...topology(view, state, columns, tableRows),
    ...gates(view, state, columns, gateRows),
    ...faults(view, state, columns, faultRows),
    ...eventLog(view, columns, logRows),
  ];
}

/** Tables side by side, the log below both. */
function wideBody(view: View, state: DrillState, rows: number): Block {
  const { columns, ui } = view;
  const leftColumns = Math.floor((columns - 1) * LEFT_SHARE);
  const rightColumns = columns - 1 - leftColumns;
  const leftWanted = topologyLines(state) + faultLines(state);
  const rightWanted = gateLines(state) + LEDGER_LINES - 1;
  const [upper = 0, logRows = 0] = shareOut(rows, [
    { least: 6, wanted: Math.max(leftWanted, rightWanted), isFirst: ui.pane !== 'log' && rows > 20 },
    { least: 4, wanted: ui.pane === 'log' ? rows : 10, isFirst: ui.pane === 'log' },
  ]);
  const [tableRows = 0, faultRows = 0] = shareOut(upper, [
    { least: 4, wanted: topologyLines(state), isFirst: true },
    { least: 0, wanted: faultLines(state) },
  ]);
  const [gateRows = 0, ledgerRows = 0] = shareOut(upper, [
    { least: 3, wanted: gateLines(state), isFirst: ui.pane === 'gates' },
    { least: 0, wanted: LEDGER_LINES - 1 },
  ]);
  return [
    ...beside(
      [...topology(view, state, leftColumns, tableRows), ...faults(view, state, leftColumns, faultRows)],
      [...gates(view, state, rightColumns, gateRows), ...ledgerTable(view, state, rightColumns, ledgerRows)],
    ),
    ...eventLog(view, columns, logRows),
  ];
}

/** The table of the topology needs more than gates do. */
const LEFT_SHARE = 0.56;

function boxOf(view: View, rows: number): Box | undefined {
  const { ui, columns, glyphs, offers, details, state } = view;
  const { overlay } = ui;
  switch (overlay.kind) {
    case 'none':
    case 'filter':
      return undefined;
    case 'help':
      return helpBox(overlay.skip, rows);
    case 'confirm':
      return confirmBox(overlay, columns);
    case 'clear':
      return clearBox(overlay.index, activeFaults(state?.faults), rows, view);
    case 'details':
      return detailsBox(overlay, details, { columns, rows, glyphs });
    case 'fault':
      return faultBox(overlay, offers, { columns, rows, glyphs });
  }
}
