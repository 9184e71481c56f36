import { isDeepStrictEqual } from 'node:util';
import type { JournalEntry } from '../journal/read-journal.ts';
import type { EndingReason, WatchdogLimits } from './watchdog-wire.ts';

/** What a watchdog knows of its controller. */
export interface ControllerSigns {
  /** False once the controller's end of the pipe is closed. */
  readonly isPipeOpen: boolean;
  readonly isDismissed: boolean;
  /** How often the watchdog has looked since it last heard something. */
  readonly silentLooks: number;
}

export type ControllerState = 'alive' | Exclude<EndingReason, 'lease'>;

/**
 * Silence is counted in looks of the watchdog's own, never in time: on a machine that starves both, or that was asleep,
 * the watchdog itself did not look, and must not blame the controller for it.
 */
export function controllerState(
  { isPipeOpen, isDismissed, silentLooks }: ControllerSigns,
  { silenceMs, lookEveryMs }: Pick<WatchdogLimits, 'silenceMs' | 'lookEveryMs'>,
): ControllerState {
  if (isDismissed) return 'dismissed';
  if (!isPipeOpen) return 'dead';
  return silentLooks * lookEveryMs >= silenceMs ? 'frozen' : 'alive';
}

export interface DueEntry {
  readonly entry: JournalEntry;
  readonly why: EndingReason;
}

export interface DueQuestion {
  /** Those that are not done, in the order of opening. */
  readonly open: readonly JournalEntry[];
  readonly controller: ControllerState;
  /** On the clock of the leases. */
  readonly nowMs: number;
  readonly limits: Pick<WatchdogLimits, 'graceMs'>;
  /** Until when a failed entry is left alone, by its number. */
  readonly notBeforeMs: ReadonlyMap<number, number>;
}

/**
 * What has to be undone now. Everything, where the controller is no longer able to; otherwise only what has outlived its
 * lease and the grace, and that only when no other fault still holds the same thing broken: the last lease counts.
 */
export function dueEntries(question: DueQuestion): readonly DueEntry[] {
  const { open, controller, nowMs, limits, notBeforeMs } = question;
  switch (controller) {
    case 'dead':
    case 'dismissed':
      return open.map((entry) => ({ entry, why: controller }));
    case 'frozen':
      return open.filter(isRested).map((entry) => ({ entry, why: controller }));
    case 'alive':
      return open
        .filter((entry) => isRested(entry) && isOver(entry))
        .filter(({ step }) => open.every((other) => isOver(other) || !isDeepStrictEqual(other.step, step)))
        .map((entry) => ({ entry, why: 'lease' }));
  }

  function isOver({ untilMs }: JournalEntry): boolean {
    return nowMs >= untilMs + limits.graceMs;
  }

  function isRested({ entry }: JournalEntry): boolean {
    return nowMs >= (notBeforeMs.get(entry) ?? Number.NEGATIVE_INFINITY);
  }
}
