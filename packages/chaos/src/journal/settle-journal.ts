import { rm } from 'node:fs/promises';
import { type Clock, messageOf, systemClock } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import { isSameLife, type ProcessRef, processRef } from '../undo/process-ref.ts';
import type { UndoTable } from '../undo/ready-undo.ts';
import { type UndoLimits, undoMsMax, usualUndoLimits } from '../undo/undo-all.ts';
import { type JournalFile, readJournalFile, reopenJournal } from './journal-file.ts';
import { type JournalContent, type JournalHolder, openEntries } from './read-journal.ts';
import { type UndoneEntry, undoEntries } from './undo-entries.ts';

export interface SettleOptions {
  readonly clock?: Clock;
  readonly limits?: UndoLimits;
  readonly table?: UndoTable;
}

/** What became of a dead run's journal. It is removed when nothing is left to do; else it stays for the next try. */
export interface Settlement {
  /** What was undone just now, for people: `let process 17 go on`. */
  readonly undone: readonly string[];
  /** What may still be there, and what cannot be read: whole sentences. Empty: the journal is gone. */
  readonly problems: readonly string[];
}

/**
 * Undoes what the journal of a dead run holds. Somebody who is at it already, its watchdog say, is waited for. Resolves
 * with undefined when there is no such journal. Never rejects.
 */
export async function settleJournal(
  path: string,
  { clock = systemClock, limits = usualUndoLimits, table }: SettleOptions = {},
): Promise<Settlement | undefined> {
  let journal: JournalFile | undefined;
  try {
    if ((await readJournalFile(path)) === undefined) return undefined;
    journal = reopenJournal(path);
    const me = await processRef(process.pid);
    if (me !== undefined) await journal.append({ kind: 'holder', by: 'sweep', holder: me });
    try {
      // Whoever was at it may have finished, and removed it.
      const content = await takeTurn(path, me, clock, limits);
      if (content === undefined) return { undone: [], problems: [] };
      const done = await undoEntries(journal, openEntries(content), {
        clock,
        limits,
        by: 'sweep',
        ...(table === undefined ? {} : { table }),
      });
      const settlement = settlementOf(done, content);
      if (settlement.problems.length === 0) await rm(path, { force: true });
      return settlement;
    } finally {
      if (me !== undefined) await journal.append({ kind: 'released', holder: me });
    }
  } catch (error) {
    return { undone: [], problems: [messageOf(error)] };
  } finally {
    journal?.close();
  }
}

function settlementOf(done: readonly UndoneEntry[], { damagedLines }: JournalContent): Settlement {
  return {
    undone: done.filter(({ result }) => result.kind === 'undone').map(({ about }) => about),
    problems: [
      ...done.flatMap(({ fault, about, result }) =>
        result.kind === 'failed'
          ? [`the fault ${fault} may still be there; could not ${about}: ${result.problem}`]
          : [],
      ),
      ...damagedLines.map((line) => `line ${line} is damaged, and what it announced may still be there`),
    ],
  };
}

const TURN_EVERY_MS = 50;
/** Beyond its undoing twice: a pause in between, a few lines, a file to remove. */
const TURN_SPARE_MS = 5_000;

/**
 * Waits until everybody who undertook it earlier has left or is dead: a late second undoing would meet a fault of the
 * next drill. Resolves with what the journal then says; undefined when it is gone.
 */
async function takeTurn(
  path: string,
  me: ProcessRef | undefined,
  clock: Clock,
  limits: UndoLimits,
): Promise<JournalContent | undefined> {
  const deadlineMs = clock.now() + 2 * undoMsMax(limits) + TURN_SPARE_MS;
  for (;;) {
    const content = await readJournalFile(path);
    if (content === undefined) return undefined;
    const [other] = await livingBefore(content.holders, me);
    if (other === undefined) return content;
    if (clock.now() >= deadlineMs) {
      if (other.by !== 'watchdog') throw busy(path, other);
      // The run is dead and its watchdog does not end: it is stopped, or stuck. Nobody else waits for it.
      process.kill(other.holder.pid, 'SIGKILL');
    }
    await clock.sleep(TURN_EVERY_MS);
  }
}

async function livingBefore(
  holders: readonly JournalHolder[],
  me: ProcessRef | undefined,
): Promise<readonly JournalHolder[]> {
  const myTurn = holders.findIndex(({ holder }) => holder.pid === me?.pid && holder.identity === me.identity);
  const before = myTurn === -1 ? holders : holders.slice(0, myTurn);
  const living = await Promise.all(before.map(({ holder }) => isSameLife(holder)));
  return before.filter((_, index) => living[index]);
}

function busy(path: string, { holder }: JournalHolder): ChaosError {
  return new ChaosError({
    kind: 'environment',
    code: 'JOURNAL_FAILED',
    message: `process ${holder.pid} has been undoing what ${path} holds for too long`,
    hint: 'See what it does, end it if it is stuck, and run `stormcart clean`.',
  });
}
