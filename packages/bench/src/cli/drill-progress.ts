import type { DrillEvent } from '../drill/drill-event.ts';
import { formatCount, formatMs, formatShare, formatSpan, plural } from '../report/format.ts';
import { sweptLines } from './swept-lines.ts';
import type { Terminal } from './terminal.ts';

/** Off a terminal a line this often: a log that shows life without filling up. */
const PLAIN_TICK_EVERY_MS = 5_000;

/** Shows a drill while it runs: a redrawn status line on a terminal, plain lines elsewhere. */
export function drillProgress(terminal: Terminal): (event: DrillEvent) => void {
  let nextPlainTickMs = PLAIN_TICK_EVERY_MS;
  const { dim, warn, good, bad } = terminal.messageStyle;
  return (event) => {
    switch (event.kind) {
      case 'swept':
        for (const line of sweptLines(event.swept)) terminal.message(warn(line));
        return;
      case 'bootStep':
        terminal.message(dim(`  ${event.step.padEnd(14)} ${formatMs(event.tookMs)}`));
        return;
      case 'booted':
        terminal.message(`up after ${formatMs(event.tookMs)} at ${event.entryUrl}`);
        return;
      case 'loadStarted':
        terminal.message(
          `load for ${formatSpan(event.totalMs)}, ${plural(event.arrivals, 'journey')} planned`,
        );
        return;
      case 'tick': {
        const line = tickText(event);
        if (terminal.isInteractive) terminal.status(line);
        else if (event.atMs >= nextPlainTickMs) {
          nextPlainTickMs += PLAIN_TICK_EVERY_MS;
          terminal.message(line);
        }
        return;
      }
      case 'fault': {
        const word = { applied: warn('fault on '), reverted: good('fault off'), failed: bad('fault failed') }[
          event.change
        ];
        const problem = event.problem === undefined ? '' : `: ${event.problem}`;
        terminal.message(`${clock(event.atMs)}  ${word}  ${event.id}  ${event.what}${problem}`);
        return;
      }
      case 'process':
        terminal.message(`         ${warn('process')}    ${event.name} ${event.what}`);
        return;
      case 'notice':
        terminal.message(event.text);
        return;
      case 'draining':
        terminal.message('load ended; waiting until nothing is under way');
        return;
      case 'auditing':
        terminal.message(`auditing ${plural(event.operationsCount, 'operation')}`);
    }
  };
}

function tickText(event: DrillEvent & { readonly kind: 'tick' }): string {
  const { ledger } = event;
  const success = ledger.planned === 0 ? '' : `  ok ${formatShare(ledger.ok / ledger.planned)}`;
  const faults = event.activeFaults.length === 0 ? '' : `  fault ${event.activeFaults.join(', ')}`;
  return `${clock(event.atMs)} of ${formatSpan(event.totalMs)}  ${formatCount(ledger.planned)} requests${success}${faults}`;
}

function clock(atMs: number): string {
  return `${(Math.max(atMs, 0) / 1_000).toFixed(1).padStart(5)} s`;
}
