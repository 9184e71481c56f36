import type { DrillState, LogEntry } from '../control/drill-state.ts';
import { formatCount, formatShare, formatSpan } from '../report/format.ts';
import { printable } from './frame/cell-width.ts';
import type { Connection } from './frame/view.ts';

/** As often as a drill off a terminal tells of itself. */
const TICK_EVERY_MS = 5_000;

/** Lines that stand in for the screen where there is none. */
export interface PlainProgress {
  state(state: DrillState): void;
  log(entry: LogEntry): void;
  connection(connection: Connection): void;
}

export function plainProgress(write: (line: string) => void): PlainProgress {
  let nextTickMs = 0;
  let stage: DrillState['stage'] | undefined;
  let lastWord = '';
  return {
    state: (state) => {
      if (state.stage === 'over') {
        if (stage !== 'over') write(verdictText(state));
      } else if (state.stage !== stage && state.stage !== 'load') write(state.stage);
      else if (state.stage === 'load' && state.atMs >= nextTickMs) {
        nextTickMs = state.atMs - (state.atMs % TICK_EVERY_MS) + TICK_EVERY_MS;
        write(tickText(state));
      }
      stage = state.stage;
    },
    log: ({ atMs, kind, text }) => write(`${clock(atMs)}  ${kind.padEnd(8)} ${printable(text)}`),
    connection: (connection) => {
      const word = connectionText(connection);
      // Attempts go on; one line for each reason is enough.
      if (word !== '' && word !== lastWord) write(word);
      lastWord = word === '' && connection.kind !== 'live' ? lastWord : word;
    },
  };
}

/** `verdict FAIL: availability 91 % is below 99 %; …` */
export function verdictText({ verdict }: DrillState): string {
  const why = verdict.reasons.length === 0 ? '' : `: ${printable(verdict.reasons.join('; '))}`;
  return `verdict ${verdict.kind.toUpperCase()}${why}`;
}

function tickText({ atMs, totalMs, ledger, availability, faults, phase }: DrillState): string {
  const on = faults.filter(({ state }) => state === 'on').map(({ id }) => id);
  return [
    `${clock(atMs)}  of ${formatSpan(totalMs)}`,
    ...(phase === undefined ? [] : [printable(phase)]),
    `${formatCount(ledger.planned)} requests`,
    ...(ledger.planned === 0 ? [] : [`ok ${formatShare(ledger.ok / ledger.planned)}`]),
    ...(availability === undefined ? [] : [`available ${formatShare(availability)}`]),
    ...(on.length === 0 ? [] : [`fault ${printable(on.join(', '))}`]),
  ].join('  ');
}

function connectionText(connection: Connection): string {
  switch (connection.kind) {
    case 'lost':
      return `connection lost: ${printable(connection.why)}; trying again`;
    case 'gone':
      return 'the drill is gone without a good-bye';
    case 'silent':
      return 'no word from the drill';
    case 'connecting':
    case 'live':
    case 'over':
      return '';
  }
}

function clock(atMs: number): string {
  return `${(Math.max(atMs, 0) / 1_000).toFixed(1).padStart(6)} s`;
}
