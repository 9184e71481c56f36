import { continueProcess } from './continue-process.ts';
import { removeHttpFault } from './remove-http-fault.ts';
import { removeToxic } from './remove-toxic.ts';
import type { Undo } from './undo.ts';

/** Every way of undoing by the `kind` of its steps. */
export const undoTable = {
  'continue-process': continueProcess,
  'remove-toxic': removeToxic,
  'remove-http-fault': removeHttpFault,
} as const satisfies Readonly<Record<string, Undo<object>>>;
