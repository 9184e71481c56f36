import { continueProcess } from './continue-process.ts';
import { removeToxic } from './remove-toxic.ts';
import type { Undo } from './undo.ts';

/** Every way of undoing by the `kind` of its steps. */
export const undoTable = {
  'continue-process': continueProcess,
  'remove-toxic': removeToxic,
} as const satisfies Readonly<Record<string, Undo<object>>>;
