import { AppError, messageOf, systemClock } from '@stormcart/core';
import type { FromShareProcess, ToShareProcess } from './process-message.ts';
import { runShare, type ShareProgress } from './run-share.ts';
import type { ShareTask } from './share-task.ts';

/** A driver process: runs the one share that its parent gives it, and ends when the parent is gone. */

const stop = new AbortController();
let task: ShareTask | undefined;
let hasBegun = false;

// Ctrl-C reaches everybody at the terminal; the parent decides, and wants to be told what was measured.
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
process.once('disconnect', () => process.exit(1));
process.on('message', (message: ToShareProcess) => {
  switch (message.kind) {
    case 'task':
      task = message.task;
      tell({ kind: 'ready' });
      return;
    case 'begin':
      void work(message.zeroMs);
      return;
    case 'stop':
      stop.abort(new Error('the parent stopped it'));
      // Even a load that never began has figures: none.
      if (!hasBegun) void work(systemClock.now());
  }
});

async function work(zeroMs: number): Promise<void> {
  if (task === undefined) throw new Error('it was to begin without a task');
  if (hasBegun) return;
  hasBegun = true;
  try {
    const onProgress = (progress: ShareProgress): void => tell({ kind: 'progress', ...progress });
    const result = await runShare({ task, zeroMs, signal: stop.signal, onProgress });
    last({ kind: 'done', result });
  } catch (error) {
    last({ kind: 'failed', error: describe(error) });
  }
}

function describe(error: unknown): Extract<FromShareProcess, { kind: 'failed' }>['error'] {
  if (!(error instanceof AppError))
    return { kind: 'internal', code: 'SHARE_FAILED', message: messageOf(error) };
  const { kind, code, message, hint } = error;
  return { kind, code, message, ...(hint === undefined ? {} : { hint }) };
}

function tell(message: FromShareProcess): void {
  process.send?.(message);
}

/** Ends once the parent has it. */
function last(message: FromShareProcess): void {
  process.send?.(message, () => process.exit(0));
}
