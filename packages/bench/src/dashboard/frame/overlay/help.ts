import type { Box } from '../box.ts';
import { cell, type Line, span } from '../line.ts';
import { shownNote } from '../panel.ts';

const KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ['f', 'inject a fault: kind, target, length and settings'],
  ['c', 'clear one fault that is on'],
  ['C', 'clear all faults (asks)'],
  ['p', 'pause the load, and resume it'],
  ['+  -', 'a quarter more, a fifth less than now of the planned rate'],
  ['k', 'kill the process of the chosen row (asks)'],
  ['a', 'abort the drill: faults are reverted, no verdict (asks)'],
  ['tab', 'move between topology, gates and log'],
  ['up down', 'move; page up, page down, home, end too'],
  ['enter', 'details of the chosen row'],
  ['/', 'filter the log; an empty filter shows all of it'],
  ['?', 'this help'],
  ['q', 'leave; the drill goes on'],
  ['ctrl-c', 'leave, with exit code 130'],
];

const NOTES: readonly string[] = [
  'Gates are judged as if the drill ended now; the bar is what is left of the limit.',
  'Latencies count from when a request was due. Sparklines: one column a second.',
  'Breakers: closed lets through, OPEN refuses, HALF-OPEN tries one.',
  'What is done by hand is recorded in the run.',
];

const COLUMNS = 76;

export function helpBox(skip: number, rows: number): Box {
  const lines: readonly Line[] = [
    ...KEYS.map(([key, meaning]): Line => [cell(key, 10, 'title'), span(meaning)]),
    [],
    ...NOTES.map((note): Line => [span(note, 'faint')]),
  ];
  const room = Math.max(rows - 2, 1);
  const first = Math.min(skip, Math.max(lines.length - room, 0));
  const shown = lines.slice(first, first + room);
  const note = shown.length < lines.length ? ` ${shownNote(first, shown.length, lines.length)}` : '';
  return { title: `Help${note}`, lines: shown, columns: COLUMNS };
}

/** For scrolling no further than there is help. */
export const HELP_LINES = KEYS.length + NOTES.length + 1;
