import type { DrillEvent } from '../drill/drill-event.ts';
import type { LiveDrill } from '../drill/live-drill.ts';
import { formatMs } from '../report/format.ts';
import type { LogEntry } from './drill-state.ts';

type LogLine = Omit<LogEntry, 'number'>;

/** What of the drill's news goes into the log. */
export function logLineOf(
  event: DrillEvent,
  nowMs: number,
  live: LiveDrill | undefined,
): LogLine | undefined {
  switch (event.kind) {
    case 'fault': {
      const word = { applied: 'on', reverted: 'off', failed: 'failed' }[event.change];
      const problem = event.problem === undefined ? '' : `: ${event.problem}`;
      return {
        kind: 'fault',
        atMs: event.atMs,
        text: `${event.id} ${word} (${event.what})${problem}`,
      };
    }
    case 'process':
      return {
        kind: 'process',
        atMs: live === undefined ? nowMs : event.atMs - live.zeroMs,
        text: `${event.name} ${event.what}`,
      };
    case 'notice':
      return { kind: 'notice', atMs: nowMs, text: event.text };
    case 'booted':
      return { kind: 'notice', atMs: nowMs, text: `up after ${formatMs(event.tookMs)}` };
    case 'draining':
      return {
        kind: 'notice',
        atMs: nowMs,
        text: 'the load is over; waiting until nothing is under way',
      };
    case 'auditing':
      return { kind: 'notice', atMs: nowMs, text: `auditing ${event.operationsCount} operations` };
    case 'swept':
    case 'bootStep':
    case 'loadStarted':
    case 'tick':
      return undefined;
  }
}
