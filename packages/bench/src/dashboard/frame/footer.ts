import { fitLine, type Line, span, spread } from './line.ts';
import type { View } from './view.ts';

/** The keys that mean something now, and a word about what was just done. */
export function footer(view: View): Line {
  const { notice, columns } = view;
  if (notice !== undefined) {
    return spread([span(` ${notice.text}`, notice.tone)], [span(' ? help ', 'faint')], columns);
  }
  return fitLine(keysLine(keysOf(view)), columns);
}

type KeyHelp = readonly (readonly [key: string, meaning: string])[];

function keysOf({ ui, state, connection, columns }: View): KeyHelp {
  switch (ui.overlay.kind) {
    case 'none':
      return state?.stage === 'over' || connection.kind === 'over' || connection.kind === 'gone'
        ? OVER_KEYS
        : mainKeys(columns);
    case 'filter':
      return [
        ['type', 'words to look for'],
        ['enter', 'keep'],
        ['esc', 'back to before'],
      ];
    case 'confirm':
      return [
        ['y', 'do it'],
        ['n', 'do not'],
        ['esc', 'do not'],
      ];
    case 'help':
      return [
        ['up/down', 'scroll'],
        ['esc', 'close'],
      ];
    case 'clear':
      return [
        ['up/down', 'choose'],
        ['enter', 'clear it'],
        ['esc', 'close'],
      ];
    case 'details':
      return [
        ['up/down', 'scroll its log'],
        ['k', 'kill'],
        ['esc', 'close'],
      ];
    case 'fault':
      return ui.overlay.step === 'settings'
        ? [
            ['tab', 'next'],
            ['left/right', 'word'],
            ['enter', 'inject'],
            ['esc', 'back'],
          ]
        : [
            ['type', 'to filter'],
            ['up/down', 'choose'],
            ['enter', 'next'],
            ['esc', 'back'],
          ];
  }
}

/** On a narrow screen the help alone tells of these. */
const SECOND_KEYS: ReadonlySet<string> = new Set(['tab', 'enter']);
const ALL_KEYS_COLUMNS = 100;

function mainKeys(columns: number): KeyHelp {
  return columns >= ALL_KEYS_COLUMNS ? MAIN_KEYS : MAIN_KEYS.filter(([key]) => !SECOND_KEYS.has(key));
}

const MAIN_KEYS: KeyHelp = [
  ['f', 'fault'],
  ['c', 'clear'],
  ['C', 'all'],
  ['p', 'pause'],
  ['+/-', 'rate'],
  ['k', 'kill'],
  ['a', 'abort'],
  ['tab', 'move'],
  ['enter', 'row'],
  ['/', 'find'],
  ['?', 'help'],
  ['q', 'leave'],
];

const OVER_KEYS: KeyHelp = [
  ['tab', 'move'],
  ['enter', 'row'],
  ['/', 'find'],
  ['?', 'help'],
  ['q', 'leave'],
];

function keysLine(keys: KeyHelp): Line {
  return keys.flatMap(([key, meaning]) => [span(' '), span(key, 'title'), span(` ${meaning}`, 'faint')]);
}
