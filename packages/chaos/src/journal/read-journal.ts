import type { ProcessRef } from '../undo/process-ref.ts';
import type { UndoStep } from '../undo/undo.ts';
import { decodeRecord, type JournalRecord, type Undoer } from './journal-record.ts';

/** One thing that a fault did, and what became of it. */
export interface JournalEntry {
  readonly entry: number;
  /** The fault's id. */
  readonly fault: string;
  readonly step: UndoStep;
  /** The end of its lease on the machine's monotonic clock. */
  readonly untilMs: number;
  readonly state: EntryState;
}

export type EntryState =
  | { readonly kind: 'open' }
  /** Tried and not managed: as open as before, but somebody has looked. */
  | { readonly kind: 'failed'; readonly by: Undoer; readonly problem: string }
  | { readonly kind: 'done'; readonly by: Undoer };

export interface JournalHolder {
  readonly by: Undoer;
  readonly holder: ProcessRef;
}

/** What a journal says, however much of it is there. */
export interface JournalContent {
  readonly runId: string | undefined;
  /** In the order in which they were opened. */
  readonly entries: readonly JournalEntry[];
  /** Who undertook to undo what is open and has not left, the first first. They may be dead. */
  readonly holders: readonly JournalHolder[];
  /**
   * Lines, counted from 1, that cannot be read although they were written to their end: what they announced may have
   * been done. Their text may hold credentials and is not repeated.
   */
  readonly damagedLines: readonly number[];
  /** The last line was never finished: its writer died, or the disk is full. What it announced was never done. */
  readonly isTorn: boolean;
}

/** Reads a journal, or any beginning of one. Never throws: what cannot be read is told. */
export function readJournal(text: string): JournalContent {
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const records = lines.map(decodeRecord);
  // Whole but for its end, it was written as well as whole.
  const last = tail === '' ? undefined : decodeRecord(tail);
  const read = [...records, ...(last === undefined ? [] : [last])];
  const known = read.filter((record) => record !== undefined);
  return {
    runId: known.find((record) => record.kind === 'journal')?.runId,
    entries: entriesOf(known),
    holders: holdersOf(known),
    damagedLines: read.flatMap((record, index) =>
      record === undefined && read[index + 1]?.kind !== 'torn' ? [index + 1] : [],
    ),
    isTorn: tail !== '' && last === undefined,
  };
}

/** Those that may still be there. */
export function openEntries({ entries }: JournalContent): readonly JournalEntry[] {
  return entries.filter(({ state }) => state.kind !== 'done');
}

function entriesOf(records: readonly JournalRecord[]): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const record of records) {
    switch (record.kind) {
      case 'open': {
        const { kind: _, until: __, ...opened } = record;
        entries.push({ ...opened, state: { kind: 'open' } });
        break;
      }
      case 'done':
      case 'failed': {
        const { entry, ...state } = record;
        const index = entries.findLastIndex((opened) => opened.entry === entry);
        const opened = entries[index];
        if (opened !== undefined) entries[index] = { ...opened, state };
        break;
      }
      case 'journal':
      case 'holder':
      case 'released':
      case 'torn':
        break;
    }
  }
  return entries;
}

function holdersOf(records: readonly JournalRecord[]): readonly JournalHolder[] {
  const holders: JournalHolder[] = [];
  for (const record of records) {
    if (record.kind === 'holder') holders.push({ by: record.by, holder: record.holder });
    if (record.kind !== 'released') continue;
    const left = holders.findIndex(({ holder }) => isEqual(holder, record.holder));
    if (left !== -1) holders.splice(left, 1);
  }
  return holders;
}

function isEqual(one: ProcessRef, other: ProcessRef): boolean {
  return one.pid === other.pid && one.identity === other.identity;
}
