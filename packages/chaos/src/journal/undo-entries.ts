import type { Clock } from '@stormcart/core';
import type { UndoTable } from '../undo/ready-undo.ts';
import { type UndoLimits, type UndoResult, undoAll } from '../undo/undo-all.ts';
import type { JournalFile } from './journal-file.ts';
import type { Undoer } from './journal-record.ts';
import type { JournalEntry } from './read-journal.ts';

export interface UndoEntriesOptions {
  readonly clock: Clock;
  readonly by: Undoer;
  readonly limits?: UndoLimits;
  readonly table?: UndoTable;
}

/** What became of one entry that was to be undone. */
export interface UndoneEntry {
  readonly entry: number;
  readonly fault: string;
  /** For people: `let process 17 go on`. */
  readonly about: string;
  readonly result: UndoResult;
}

/** Undoes these entries, the latest first, and writes down what became of each. Never rejects. */
export async function undoEntries(
  journal: JournalFile,
  entries: readonly JournalEntry[],
  options: UndoEntriesOptions,
): Promise<readonly UndoneEntry[]> {
  const { by, ...undoOptions } = options;
  const notes: Promise<void>[] = [];
  const outcomes = await undoAll(entries, {
    ...undoOptions,
    onOutcome: ({ task: { entry }, result }) => {
      const note =
        result.kind === 'failed'
          ? journal.append({
              kind: 'failed',
              entry,
              by,
              problem: result.problem.slice(0, PROBLEM_CHARACTERS_MAX),
            })
          : journal.append({ kind: 'done', entry, by });
      // What could not be noted will be undone once more by whoever reads it next, which does no harm.
      notes.push(note.catch(() => undefined));
    },
  });
  await Promise.all(notes);
  return outcomes.map(({ task: { entry, fault }, about, result }) => ({ entry, fault, about, result }));
}

/** A sentence or two; a store's error may quote a whole statement. */
const PROBLEM_CHARACTERS_MAX = 500;
