import type { Clock } from '@stormcart/core';
import type { UndoTable } from '../undo/ready-undo.ts';
import { type UndoLimits, type UndoResult, undoAll } from '../undo/undo-all.ts';
import type { JournalFile } from './journal-file.ts';
import type { JournalRecord, Undoer } from './journal-record.ts';
import type { JournalEntry } from './read-journal.ts';

export interface UndoEntriesOptions {
  readonly clock: Clock;
  readonly by: Undoer;
  readonly limits?: UndoLimits;
  readonly table?: UndoTable;
  /** Told of each as soon as it is known; once more of what came back afterwards. */
  readonly onResult?: (undone: UndoneEntry) => void;
}

/** What became of one entry that was to be undone. */
export interface UndoneEntry {
  readonly entry: number;
  readonly fault: string;
  /** For people: `let process 17 go on`. */
  readonly about: string;
  readonly result: UndoResult;
}

/**
 * What a dead controller had begun may arrive after it: a request on its way to a proxy, a statement, a program that it
 * had started to speak to a broker (400 ms on a crowded machine). So everything is looked at twice.
 */
const SECOND_LOOK_AFTER_MS = 1_000;

/** A sentence or two; a store's error may quote a whole statement. */
const PROBLEM_CHARACTERS_MAX = 500;

/** Undoes these entries, the latest first, looks once more after a while, and notes what became of each. Never rejects. */
export async function undoEntries(
  journal: JournalFile,
  entries: readonly JournalEntry[],
  options: UndoEntriesOptions,
): Promise<readonly UndoneEntry[]> {
  const { clock } = options;
  if (entries.length === 0) return [];
  const startMs = clock.now();
  const results = new Map<JournalEntry, UndoneEntry>();
  await undoOnce(journal, entries, options, (task, undone) => results.set(task, undone));
  await clock.sleep(startMs + SECOND_LOOK_AFTER_MS - clock.now());
  const again = entries.filter((each) => results.get(each)?.result.kind !== 'failed');
  await undoOnce(journal, again, options, (task, undone) => {
    if (undone.result.kind !== 'gone') results.set(task, undone);
  });
  return [...results.values()];
}

async function undoOnce(
  journal: JournalFile,
  entries: readonly JournalEntry[],
  { onResult, by, ...options }: UndoEntriesOptions,
  keep: (task: JournalEntry, undone: UndoneEntry) => void,
): Promise<void> {
  const notes: Promise<void>[] = [];
  await undoAll(entries, {
    ...options,
    onOutcome: ({ task, about, result }) => {
      const { entry, fault } = task;
      const undone = { entry, fault, about, result };
      keep(task, undone);
      onResult?.(undone);
      // What could not be noted will be undone once more by whoever reads it next, which does no harm.
      notes.push(journal.append(recordOf(entry, by, result)).catch(() => undefined));
    },
  });
  await Promise.all(notes);
}

function recordOf(entry: number, by: Undoer, result: UndoResult): JournalRecord {
  return result.kind === 'failed'
    ? { kind: 'failed', entry, by, problem: result.problem.slice(0, PROBLEM_CHARACTERS_MAX) }
    : { kind: 'done', entry, by };
}
