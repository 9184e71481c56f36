import { continueProcess } from './continue-process.ts';
import { endImplant } from './end-implant.ts';
import { endProcess } from './end-process.ts';
import { restoreLimit } from './restore-limit.ts';
import type { Undo } from './undo.ts';

/** Every way of undoing by the `kind` of its steps. */
export const undoTable = {
  'continue-process': continueProcess,
  'end-implant': endImplant,
  'end-process': endProcess,
  'restore-limit': restoreLimit,
} as const satisfies Readonly<Record<string, Undo<object>>>;
