import { systemClock } from '@stormcart/core';
import type { FaultJournal, TakenOver } from '../journal/fault-journal.ts';
import { createJournal, type JournalFile } from '../journal/journal-file.ts';
import { type Settlement, settleJournal } from '../journal/settle-journal.ts';
import { processRef } from '../undo/process-ref.ts';
import { readyUndo } from '../undo/ready-undo.ts';
import { startWatchdog } from './watchdog-process.ts';
import { type UndoneWord, usualWatchdogLimits, type WatchdogLimits } from './watchdog-wire.ts';

/** What makes sure that the faults of one run end even if this process does not live to end them. */
export interface FaultGuard {
  /** For the run's fault session. */
  readonly journal: FaultJournal;
  /** Resolves once the watchdog watches. Rejects with WATCHDOG_FAILED. */
  ready(): Promise<void>;
  /**
   * Lets the watchdog go, which undoes first what is still open. Resolves with what may be there even so; the journal
   * stays then for `stormcart clean`. Never rejects, and may be called again.
   */
  close(): Promise<Settlement>;
}

export interface FaultGuardOptions {
  readonly runId: string;
  readonly journalFile: string;
  /** What the watchdog does is appended here, as lines of JSON. */
  readonly watchdogLogFile: string;
  /** For people: whole sentences about the watchdog. */
  readonly onNews: (text: string) => void;
  readonly limits?: WatchdogLimits;
}

/** Makes the run's journal and starts its watchdog. Rejects with JOURNAL_FAILED. */
export async function openFaultGuard(options: FaultGuardOptions): Promise<FaultGuard> {
  const { runId, journalFile, watchdogLogFile, onNews, limits = usualWatchdogLimits } = options;
  const file = await createJournal(journalFile, runId);
  const listeners = new Set<(news: TakenOver) => void>();
  const watchdog = startWatchdog({
    journalFile,
    limits,
    logFile: watchdogLogFile,
    onNews,
    onLaunch: (pid) => void noteWatchdog(file, pid),
    onWord: (word) => {
      for (const listener of listeners) listener({ fault: word.fault, reason: reasonOf(word) });
    },
  });
  let closing: Promise<Settlement> | undefined;
  return {
    journal: journalOf(file, listeners, () => watchdog.failure()),
    ready: () => watchdog.ready(),
    close: () => {
      closing ??= watchdog.close().then(async () => {
        file.close();
        return (await settleJournal(journalFile, { limits: limits.undo })) ?? { undone: [], problems: [] };
      });
      return closing;
    },
  };
}

function journalOf(
  file: JournalFile,
  listeners: Set<(news: TakenOver) => void>,
  watchdogFailure: () => Error | undefined,
): FaultJournal {
  let entries = 0;
  return {
    open: async ({ fault, step, untilMs }) => {
      const failure = watchdogFailure();
      if (failure !== undefined) throw failure;
      // What cannot be undone from its step alone must not be begun.
      readyUndo(step);
      entries += 1;
      const entry = entries;
      const until = new Date(systemClock.wallMs() + untilMs - systemClock.now()).toISOString();
      await file.append({ kind: 'open', entry, fault, step, untilMs, until });
      return entry;
    },
    done: (entry) => file.append({ kind: 'done', entry, by: 'controller' }),
    onTakenOver: (listener) => {
      listeners.add(listener);
    },
  };
}

/** So that whoever sweeps after this process's death waits for the watchdog. Without the note nobody would; no more. */
async function noteWatchdog(file: JournalFile, pid: number): Promise<void> {
  const holder = await processRef(pid);
  if (holder === undefined) return;
  await file.append({ kind: 'holder', by: 'watchdog', holder }).catch(() => undefined);
}

function reasonOf({ why, about, problem }: UndoneWord): string {
  const cause = {
    lease: 'its lease was over and nobody had ended it',
    frozen: 'this process stood still',
    dead: 'this process was taken for dead',
    dismissed: 'the drill is over',
  }[why];
  return problem === undefined
    ? `ended by the watchdog, because ${cause}: ${about}`
    : `the watchdog could not end it (${cause}): ${about}: ${problem}`;
}
