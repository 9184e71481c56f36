import { rm, stat } from 'node:fs/promises';
import { type Clock, messageOf } from '@stormcart/core';
import { readJournalFile, reopenJournal } from '../journal/journal-file.ts';
import { type JournalContent, openEntries } from '../journal/read-journal.ts';
import { type UndoneEntry, undoEntries } from '../journal/undo-entries.ts';
import {
  type ControllerSigns,
  type ControllerState,
  controllerState,
  type DueEntry,
  dueEntries,
} from './watchdog-decision.ts';
import type { UndoneWord, WatchdogOrder } from './watchdog-wire.ts';

export interface WatchOptions extends WatchdogOrder {
  readonly clock: Clock;
  /** Asked at each look; it counts the looks itself. */
  readonly look: () => ControllerSigns;
  /** Resolves after the time, or sooner when there is news of the controller. */
  readonly rest: (ms: number) => Promise<void>;
  readonly tell: (word: UndoneWord) => void;
  readonly log: (event: Readonly<Record<string, unknown>>) => void;
}

/**
 * Watches a controller until it is gone, and undoes what it has left: at once when it is dead, while it stands still,
 * and whatever outlives its lease. Resolves when the controller is gone and everything has been tried. Never rejects.
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { limits, look, rest, log } = options;
  const readAgain = journalReader(options.journalFile);
  const tries = new Tries(limits.retryEveryMs);
  let before: ControllerState = 'alive';
  for (;;) {
    const controller = controllerState(look(), limits);
    if (controller !== before) log({ kind: 'controller', state: controller });
    before = controller;
    try {
      const content = await readAgain();
      if (content !== undefined) await endWhatIsDue(options, content, controller, tries);
    } catch (error) {
      // The next look may find it readable; a later start will look as well.
      log({ kind: 'failed', problem: messageOf(error) });
    }
    if (controller === 'dead' || controller === 'dismissed') return;
    await rest(limits.lookEveryMs);
  }
}

async function endWhatIsDue(
  options: WatchOptions,
  content: JournalContent,
  controller: ControllerState,
  tries: Tries,
): Promise<void> {
  const { journalFile, limits, clock } = options;
  const nowMs = clock.now();
  const due = dueEntries({
    open: openEntries(content),
    controller,
    nowMs,
    limits,
    notBeforeMs: tries.notBeforeMs,
  });
  const done = due.length === 0 ? [] : await endNow(options, due, tries);
  const isSettled = done.every(({ result }) => result.kind !== 'failed') && content.damagedLines.length === 0;
  // A controller that goes in order looks at it once more, and removes it itself.
  if (controller === 'dead' && isSettled) await rm(journalFile, { force: true });
}

async function endNow(
  { journalFile, limits, clock, tell, log }: WatchOptions,
  due: readonly DueEntry[],
  tries: Tries,
): Promise<readonly UndoneEntry[]> {
  const reasons = new Map(due.map(({ entry, why }) => [entry.entry, why]));
  const journal = reopenJournal(journalFile);
  try {
    return await undoEntries(
      journal,
      due.map(({ entry }) => entry),
      { clock, limits: limits.undo, by: 'watchdog', onResult: tellOf },
    );
  } finally {
    journal.close();
  }

  function tellOf({ entry, fault, about, result }: UndoneEntry): void {
    const why = reasons.get(entry) ?? 'dead';
    log({ kind: 'undid', entry, fault, about, why, result });
    switch (result.kind) {
      case 'gone':
        // It was ended by somebody else, in time.
        return;
      case 'undone':
        tell({ kind: 'undid', entry, fault, about, why });
        return;
      case 'failed':
        tries.failed(entry, clock.now());
        tell({ kind: 'undid', entry, fault, about, why, problem: result.problem });
    }
  }
}

/** Reads the journal whenever it has grown: lines are only ever added. Undefined when there is none. */
function journalReader(path: string): () => Promise<JournalContent | undefined> {
  let sizeBytes = -1;
  let content: JournalContent | undefined;
  return async () => {
    const now = await stat(path).then(
      ({ size }) => size,
      () => -1,
    );
    if (now !== sizeBytes) content = await readJournalFile(path);
    sizeBytes = now;
    return content;
  };
}

/** A controller may stand still for days; each try leaves a line. When it dies everything is tried once more. */
const LIVE_TRIES_MAX = 10;

class Tries {
  readonly notBeforeMs = new Map<number, number>();
  readonly #retryEveryMs: number;
  readonly #counts = new Map<number, number>();

  constructor(retryEveryMs: number) {
    this.#retryEveryMs = retryEveryMs;
  }

  failed(entry: number, nowMs: number): void {
    const count = (this.#counts.get(entry) ?? 0) + 1;
    this.#counts.set(entry, count);
    this.notBeforeMs.set(
      entry,
      count >= LIVE_TRIES_MAX ? Number.POSITIVE_INFINITY : nowMs + this.#retryEveryMs,
    );
  }
}
