import { continueProcess } from './continue-process.ts';
import type { Undo } from './undo.ts';

/** Every way of undoing by the `kind` of its steps. */
export const undoTable = {
  'continue-process': continueProcess,
} as const satisfies Readonly<Record<string, Undo<object>>>;
