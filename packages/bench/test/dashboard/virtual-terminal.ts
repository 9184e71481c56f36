import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';

/** A terminal without a window: what is written to it can be read off its screen. */
export interface VirtualTerminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly columns: number;
  readonly rows: number;
  /** Bytes written so far. */
  readonly writtenBytes: number;
  /** Every escape code that was written, for what the screen does not show. */
  readonly written: string;
  press(keys: string): void;
  resize(columns: number, rows: number): void;
  /** The screen's lines, without the spaces at their ends. */
  read(): Promise<readonly string[]>;
  /** Whether the alternate screen is shown. */
  readonly isTakenOver: boolean;
  /** Colours of the foreground that the screen shows, as palette numbers; -1 is the terminal's own. */
  colours(): ReadonlySet<number>;
  /** Column in which the text begins, counted in cells. */
  cellOf(row: number, text: string): number;
}

export function createVirtualTerminal(columns: number, rows: number): VirtualTerminal {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  let written = '';
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      terminal.write(chunk, () => done());
    },
  });
  const size = { columns, rows, isTTY: true };
  Object.assign(output, size);
  const input = new PassThrough();
  return {
    input,
    output,
    get columns() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
    get written() {
      return written;
    },
    get writtenBytes() {
      return written.length;
    },
    press: (keys) => void input.write(keys),
    resize: (nextColumns, nextRows) => {
      terminal.resize(nextColumns, nextRows);
      Object.assign(output, { columns: nextColumns, rows: nextRows });
      output.emit('resize');
    },
    read: async () => {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      const { active } = terminal.buffer;
      return Array.from(
        { length: terminal.rows },
        (_, row) => active.getLine(row)?.translateToString(true).trimEnd() ?? '',
      );
    },
    get isTakenOver() {
      return terminal.buffer.active.type === 'alternate';
    },
    colours: () => {
      const seen = new Set<number>();
      for (let row = 0; row < terminal.rows; row += 1) {
        const line = terminal.buffer.active.getLine(row);
        for (let column = 0; column < terminal.cols; column += 1) {
          const cell = line?.getCell(column);
          if (cell !== undefined) seen.add(cell.isFgDefault() ? -1 : cell.getFgColor());
        }
      }
      return seen;
    },
    cellOf: (row, text) => {
      const line = terminal.buffer.active.getLine(row);
      const cells = Array.from(
        { length: terminal.cols },
        (_, column) => line?.getCell(column)?.getChars() ?? '',
      );
      // A cell that was never written, or that a wide character reaches into, holds nothing.
      return cells.findIndex(
        (chars, column) => chars !== '' && cells.slice(column).join('').startsWith(text),
      );
    },
  };
}
