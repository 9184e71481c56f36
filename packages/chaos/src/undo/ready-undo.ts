import { messageOf } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import { isSameLife } from './process-ref.ts';
import type { Undo, UndoStep } from './undo.ts';
import { undoTable } from './undo-table.ts';

export type UndoTable = Readonly<Record<string, Undo<object>>>;

/** A step that has been checked and can be carried out, any number of times. */
export interface ReadyUndo {
  readonly about: string;
  revert(signal: AbortSignal): Promise<void>;
  isGone(signal: AbortSignal): Promise<boolean>;
}

/** Throws a `ChaosError` BAD_UNDO_STEP for a kind that is not in the table and for details that do not fit it. */
export function readyUndo({ kind, process, ...rest }: UndoStep, table: UndoTable = undoTable): ReadyUndo {
  const row = Object.hasOwn(table, kind) ? table[kind] : undefined;
  if (row === undefined) {
    throw bad(`nobody knows how to undo ${kind}; known: ${Object.keys(table).join(', ')}`);
  }
  const parsed = row.details.safeParse(rest);
  if (!parsed.success)
    throw bad(`${kind} cannot be undone from what was written down: ${messageOf(parsed.error)}`);
  const details = parsed.data;
  const isPlaceGone = async (): Promise<boolean> => process !== undefined && !(await isSameLife(process));
  return {
    about: row.about(details),
    revert: async (signal) => {
      if (!(await isPlaceGone())) await row.revert(details, signal);
    },
    isGone: async (signal) => (await isPlaceGone()) || row.isGone(details, signal),
  };
}

function bad(message: string): ChaosError {
  return new ChaosError({ kind: 'internal', code: 'BAD_UNDO_STEP', message });
}
