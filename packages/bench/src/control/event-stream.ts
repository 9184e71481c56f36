import type { ServerResponse } from 'node:http';
import type { DrillState } from './drill-state.ts';
import type { LogBook } from './log-book.ts';

/** Everyone who listens to server-sent events. */
export interface EventStreams {
  readonly count: number;
  /** Sends from after this log entry on. */
  open(response: ServerResponse, lastNumber: number): void;
  /** Tells all of the state now, and of what was logged since the last time. */
  tell(state: DrillState): void;
  /** Says goodbye to all. */
  close(): void;
}

/** Two dashboards, some scripts. */
const LISTENERS_MAX = 32;
/** A listener that reads nothing for a minute: 240 states of some 15 KiB. It is dropped, and may come back. */
const BEHIND_BYTES_MAX = 4 * 1024 * 1024;

export function createEventStreams(log: LogBook): EventStreams {
  /** With the number of the last log entry that was sent. */
  const listeners = new Map<ServerResponse, number>();
  const send = (response: ServerResponse, text: string): void => {
    response.write(text);
    if (response.writableLength > BEHIND_BYTES_MAX) {
      listeners.delete(response);
      response.destroy();
    }
  };
  return {
    get count() {
      return listeners.size;
    },
    open: (response, lastNumber) => {
      if (listeners.size >= LISTENERS_MAX) {
        response.writeHead(503, { 'Retry-After': '5' }).end();
        return;
      }
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      listeners.set(response, lastNumber);
      response.on('close', () => listeners.delete(response));
      // Somebody who went away is no error.
      response.on('error', () => listeners.delete(response));
    },
    tell: (state) => {
      if (listeners.size === 0) return;
      const text = `event: state\ndata: ${JSON.stringify(state)}\n\n`;
      for (const [response, lastNumber] of listeners) {
        const entries = log.since(lastNumber);
        listeners.set(response, entries.at(-1)?.number ?? lastNumber);
        const lines = entries.map(
          (entry) => `event: log\nid: ${entry.number}\ndata: ${JSON.stringify(entry)}\n\n`,
        );
        send(response, `${lines.join('')}${text}`);
      }
    },
    close: () => {
      for (const response of listeners.keys()) response.end('event: bye\ndata: {}\n\n');
      listeners.clear();
    },
  };
}
