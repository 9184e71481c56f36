import blessed from 'blessed';
import { cellsOf } from '../frame/cell-width.ts';
import type { Line } from '../frame/line.ts';
import type { Block } from '../frame/panel.ts';
import type { Key } from '../keys/key.ts';
import { keyOf, type TerminalKey } from './key-of.ts';
import { attributesOf, type ColourDepth } from './palette.ts';

export interface ScreenOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** The value of TERM. */
  readonly term: string;
  readonly depth: ColourDepth;
  readonly isAscii: boolean;
  readonly onKey: (key: Key) => void;
  readonly onResize: () => void;
}

/** A terminal taken over, until it is closed. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Writes what differs from the last frame. */
  draw(frame: Block): void;
  /** The terminal as it was before. More than once is fine. */
  close(): void;
}

/**
 * Takes the terminal over with blessed. Its widgets are not used: a frame is written into its cells, and blessed
 * finds what changed, knows the terminal's codes, reads keys, and restores.
 */
export function openScreen(options: ScreenOptions): Screen {
  const { onKey, onResize, term, depth, isAscii } = options;
  // blessed's table of widths is of 2014; the frame and the cells must agree.
  const widths = (blessed as unknown as Widths).unicode;
  const ownWidth = widths.charWidth;
  widths.charWidth = (character) => (character === undefined || character === '' ? 0 : cellsOf(character));
  const screen = blessed.screen({
    input: options.input,
    output: options.output,
    terminal: term,
    // Without it wide characters are written as `??`.
    fullUnicode: true,
    forceUnicode: !isAscii,
    resizeTimeout: RESIZE_SETTLES_MS,
  } as unknown as blessed.Widgets.IScreenOptions) as unknown as OpenScreen;
  // Lines would be drawn in the alternate character set, which not every terminal has; they are in Unicode as well.
  screen.tput.brokenACS = true;
  const canvas = createCanvas(screen, depth, isAscii);
  screen.program.on('keypress', (text: string | undefined, key: TerminalKey) => {
    const pressed = keyOf(text, key);
    if (pressed !== undefined) onKey(pressed);
  });
  screen.program.on('resize', () => {
    canvas.forget();
    onResize();
  });
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    process.off('uncaughtExceptionMonitor', close);
    process.off('unhandledRejection', close);
    screen.destroy();
    widths.charWidth = ownWidth;
  };
  // Before whoever reports the error: what is written on the taken-over screen vanishes with it.
  process.on('uncaughtExceptionMonitor', close);
  process.prependListener('unhandledRejection', close);
  return {
    get columns() {
      return screen.program.cols;
    },
    get rows() {
      return screen.program.rows;
    },
    draw: (frame) => {
      if (!isClosed) canvas.draw(frame);
    },
    close,
  };
}

/** While a window is dragged its size changes many times a second. */
const RESIZE_SETTLES_MS = 100;

/** What the types of blessed leave out. */
type OpenScreen = Omit<blessed.Widgets.Screen, 'lines' | 'tput'> & {
  /** Rows of cells: look and character. */
  readonly lines: readonly (Cell[] & { dirty: boolean })[];
  readonly tput: { brokenACS: boolean };
};
type Cell = [attribute: number, character: string];

interface Widths {
  readonly unicode: { charWidth: (character: string | undefined) => number };
}

function createCanvas(
  screen: OpenScreen,
  depth: ColourDepth,
  isAscii: boolean,
): { readonly draw: (frame: Block) => void; readonly forget: () => void } {
  const attributes = attributesOf(depth);
  let drawn: string[] = [];
  const drawLine = (cells: Cell[], line: Line): void => {
    let column = 0;
    for (const { text, tone } of line) {
      for (const character of text) {
        const width = cellsOf(character);
        const written = isAscii && character > '~' ? asciiOf(character) : character;
        set(cells, column, attributes[tone], written);
        if (width === 2) set(cells, column + 1, attributes[tone], isAscii ? '?' : ' ');
        column += width;
      }
    }
  };
  return {
    draw: (frame) => {
      for (const [row, line] of frame.entries()) {
        const cells = screen.lines[row];
        const key = line.map(({ text, tone }) => `${tone}\u0000${text}`).join('\u0000');
        if (cells === undefined || drawn[row] === key) continue;
        drawn[row] = key;
        drawLine(cells, line);
        cells.dirty = true;
      }
      screen.draw(0, screen.lines.length - 1);
    },
    forget: () => {
      drawn = [];
    },
  };
}

function set(cells: Cell[], column: number, attribute: number, character: string): void {
  const cell = cells[column];
  if (cell === undefined) return;
  cell[0] = attribute;
  cell[1] = character;
}

function asciiOf(character: string): string {
  return character === '…' ? '~' : '?';
}
