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
  return {
    data: (text) => {
      eraseStatus();
      process.stdout.write(`${text}\n`);
    },
    message: (text) => {
      eraseStatus();
      process.stderr.write(`${text}\n`);
    },
    isInteractive,
    status: (text) => {
      if (!isInteractive) return;
      eraseStatus();
      process.stderr.write(text.slice(0, (process.stderr.columns ?? 80) - 1));
      isStatusShown = true;
    },
    dataStyle: styleFor(process.stdout),
    messageStyle: styleFor(process.stderr),
  };
}
