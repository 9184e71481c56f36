import { expect, it } from 'vitest';
import { type Environment, terminalKind } from './terminal-kind.ts';

const ends = { isInputTerminal: true, isOutputTerminal: true, colourBits: 8 };

it.each<readonly [Environment, Partial<typeof ends>, ReturnType<typeof terminalKind>]>([
  [{ TERM: 'xterm-256color' }, {}, { kind: 'screen', depth: '256', isAscii: false }],
  [{ TERM: 'xterm' }, { colourBits: 24 }, { kind: 'screen', depth: '256', isAscii: false }],
  [{ TERM: 'xterm' }, { colourBits: 4 }, { kind: 'screen', depth: '16', isAscii: false }],
  [{ TERM: 'xterm' }, { colourBits: 1 }, { kind: 'screen', depth: 'none', isAscii: false }],
  [{ TERM: 'xterm', NO_COLOR: '1' }, {}, { kind: 'screen', depth: 'none', isAscii: false }],
  [{ TERM: 'xterm', NO_COLOR: '' }, {}, { kind: 'screen', depth: '256', isAscii: false }],
  [{ TERM: 'xterm', LANG: 'C' }, {}, { kind: 'screen', depth: '256', isAscii: false }],
  [{ TERM: 'xterm', LANG: 'de_DE.ISO-8859-1' }, {}, { kind: 'screen', depth: '256', isAscii: true }],
  [
    { TERM: 'xterm', LANG: 'de_DE.ISO-8859-1', LC_ALL: 'C.utf8' },
    {},
    { kind: 'screen', depth: '256', isAscii: false },
  ],
  [{ TERM: 'linux' }, { colourBits: 4 }, { kind: 'screen', depth: '16', isAscii: true }],
  [{ TERM: 'dumb' }, {}, { kind: 'plain' }],
  [{}, {}, { kind: 'plain' }],
  [{ TERM: 'xterm' }, { isInputTerminal: false }, { kind: 'plain' }],
  [{ TERM: 'xterm' }, { isOutputTerminal: false }, { kind: 'plain' }],
])('of %j with %j is %j', (environment, changes, kind) => {
  expect(terminalKind(environment, { ...ends, ...changes })).toEqual(kind);
});
