import type { FaultState, TopologyRow, VerdictState } from '../../control/drill-state.ts';

/** The signs that stand beside every colour, in one of two alphabets. */
export interface Glyphs {
  readonly isAscii: boolean;
  /** From nothing to full. */
  readonly bars: readonly string[];
  readonly fault: Readonly<Record<FaultState['state'], string>>;
  readonly elapsed: string;
  readonly ahead: string;
  readonly now: string;
  readonly outage: string;
  readonly rule: string;
  readonly corner: readonly [string, string, string, string];
  readonly side: string;
  readonly focus: string;
  readonly verdict: Readonly<Record<VerdictState['kind'], string>>;
  readonly gate: Readonly<Record<'pass' | 'fail' | 'unknown', string>>;
  readonly row: Readonly<Record<TopologyRow['state'], string>>;
  readonly ejected: string;
  readonly cut: string;
  readonly block: string;
}

const unicode: Glyphs = {
  isAscii: false,
  bars: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  fault: { toCome: '░', on: '█', over: '▒', failed: 'x' },
  elapsed: '─',
  ahead: '·',
  now: '┃',
  outage: '▼',
  rule: '─',
  corner: ['┌', '┐', '└', '┘'],
  side: '│',
  focus: '▶',
  verdict: { undecided: '·', pass: '✓', fail: '✗', inconclusive: '?' },
  gate: { pass: '✓', fail: '✗', unknown: '?' },
  row: { starting: '…', ready: '●', down: '✗', stopped: '○', unknown: '?' },
  ejected: '⊘',
  cut: '…',
  block: '█',
};

const ascii: Glyphs = {
  isAscii: true,
  bars: [' ', '_', '.', '-', '=', '+', '*', '%', '#'],
  fault: { toCome: ':', on: '#', over: '=', failed: 'x' },
  elapsed: '-',
  ahead: '.',
  now: '|',
  outage: '!',
  rule: '-',
  corner: ['+', '+', '+', '+'],
  side: '|',
  focus: '>',
  verdict: { undecided: '~', pass: '+', fail: 'X', inconclusive: '?' },
  gate: { pass: '+', fail: 'X', unknown: '?' },
  row: { starting: '~', ready: '*', down: 'X', stopped: 'o', unknown: '?' },
  ejected: '%',
  cut: '~',
  block: '#',
};

export const glyphSets = { unicode, ascii } as const;
