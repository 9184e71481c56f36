import { styleText } from 'node:util';
import type { Style } from '../report/style.ts';

/** Where the program writes: data to one side, messages to the other. */
export interface Terminal {
  /** Data: the answer that was asked for. */
  data(text: string): void;
  /** Messages: progress, warnings, errors. */
  message(text: string): void;
  /** Whether messages go to a person's terminal, where a line may be redrawn. */
  readonly isInteractive: boolean;
  /** A line that the next status or message replaces; nothing off a terminal. */
  status(text: string): void;
  /** Keeps everything back while somebody else draws on the terminal; gives what lets it go, in order. */
  hold(): () => void;
  readonly dataStyle: Style;
  readonly messageStyle: Style;
}

/** Colour only on a terminal, and never with NO_COLOR: styleText looks at both for its stream. */
function styleFor(stream: NodeJS.WriteStream): Style {
  type Format = Parameters<typeof styleText>[0];
  const paint =
    (format: Format) =>
    (text: string): string =>
      styleText(format, text, { stream });
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
  };
}

export function openTerminal(): Terminal {
  // A reader that leaves early (`| head`), or a terminal whose window was closed, is no failure of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  const isInteractive = process.stderr.isTTY && process.env.TERM !== 'dumb';
  let isStatusShown = false;
  const eraseStatus = (): void => {
    if (isStatusShown) process.stderr.write('\r\u001B[K');
    isStatusShown = false;
  };
  let held: (() => void)[] | undefined;
  const write = (out: () => void): void => {
    if (held === undefined) out();
    else if (held.length < HELD_MAX) held.push(out);
  };
  return {
    data: (text) =>
      write(() => {
        eraseStatus();
        process.stdout.write(`${text}\n`);
      }),
    message: (text) =>
      write(() => {
        eraseStatus();
        process.stderr.write(`${text}\n`);
      }),
    isInteractive,
    status: (text) => {
      if (!isInteractive || held !== undefined) return;
      eraseStatus();
      process.stderr.write(text.slice(0, (process.stderr.columns ?? 80) - 1));
      isStatusShown = true;
    },
    hold: () => {
      eraseStatus();
      held ??= [];
      return () => {
        const kept = held ?? [];
        held = undefined;
        for (const out of kept) out();
      };
    },
    dataStyle: styleFor(process.stdout),
    messageStyle: styleFor(process.stderr),
  };
}

/** More lines than a drill of a day writes; some megabytes. */
const HELD_MAX = 20_000;
