import { pollUntil, type SystemProcess, type SystemStore } from '@stormcart/core';
import type { Undo } from '../../undo/undo.ts';
import { holdSetting } from './held-setting.ts';
import type { StorePart } from './store-part.ts';
import type { Tally } from './tally.ts';
import { memoryStep } from './undo-step.ts';

/** A change of something that a server keeps in its memory. */
export interface SettingChange<Details extends object> {
  readonly store: SystemStore;
  readonly processes: ReadonlyMap<string, SystemProcess>;
  /** What faults that change the same thing share. */
  readonly setting: string;
  /** The undo's row. */
  readonly kind: string;
  readonly undo: Undo<Details>;
  /** What the undo needs to put it back as it is now. */
  read(signal: AbortSignal): Promise<Details>;
  change(signal: AbortSignal): Promise<void>;
  /** Waits until the change is felt; absent where it is at once. */
  confirm?(signal: AbortSignal): Promise<void>;
  readonly tally: Tally;
}

const GONE_EVERY_MS = 100;
/** A change takes milliseconds, or waits some seconds for statements that are under way. */
const CHANGE_MS_MAX = 8_000;

/** Reads what is, writes down how to put it back, changes it, and puts it back. */
export function settingPart<Details extends object>(change: SettingChange<Details>): StorePart {
  const { store, undo, tally } = change;
  const hold = holdSetting<Details>(store, change.setting);
  let original: Details | undefined;
  let changing: Promise<void> | undefined;
  let felt = 0;
  return {
    apply: async ({ signal, journal }) => {
      original = await hold.take(() => change.read(signal));
      await journal(await memoryStep(change.kind, original, store, change.processes));
      await tally.begin(signal);
      signal.throwIfAborted();
      // Not cut off with the fault: what the server is about to do it would do after the revert.
      changing = change.change(AbortSignal.timeout(CHANGE_MS_MAX));
      await changing;
      await change.confirm?.(signal);
    },
    revert: async (signal) => {
      if (original === undefined) return;
      const details = original;
      await changing?.catch(() => undefined);
      felt = Math.max(felt, await tally.end(signal));
      if (!hold.letGo()) return;
      await undo.revert(details, signal);
      await pollUntil(() => undo.isGone(details, signal), { everyMs: GONE_EVERY_MS, signal });
    },
    isGone: async (signal) =>
      original === undefined || hold.isHeldByOthers() || undo.isGone(original, signal),
    hits: () => felt,
  };
}
