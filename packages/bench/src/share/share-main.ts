import { AppError, messageOf, systemClock } from '@stormcart/core';
import { createSteering, type SteeringChange } from '../load/steering.ts';
import type { FromShareProcess, ToShareProcess } from './process-message.ts';
import { reachTarget } from './reach-target.ts';
import { runShare, type ShareProgress } from './run-share.ts';
import { shareError } from './share-error.ts';
import type { ShareResult } from './share-result.ts';
import type { ShareTask } from './share-task.ts';

/** A driver process: runs the one share that its parent gives it, and ends when the parent is gone. */

/** Batches that may wait for somebody to take them: at 330 KB/s, those of the busiest driver, for over a minute. */
const WAITING_BYTES_MAX = 32 * 1_024 * 1_024;

const stop = new AbortController();
const steering = createSteering();
let task: ShareTask | undefined;
let hasBegun = false;
let begunMs = 0;
let changesHeard = 0;
let waitingBytes = 0;

// Ctrl-C reaches everybody at the terminal; the parent decides, and wants to be told what was measured.
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
process.once('disconnect', () => process.exit(1));
process.on('message', (message: ToShareProcess) => {
  switch (message.kind) {
    case 'task':
      task = message.task;
      void prepare(task);
      return;
    case 'begin':
      void work(message.zeroMs);
      return;
    case 'steer':
      steer(message.changes);
      return;
    case 'taken':
      waitingBytes -= message.byteCount;
      return;
    case 'stop':
      stop.abort(new Error('the parent stopped it'));
      // Even a load that never began has figures: none.
      if (!hasBegun) void work(systemClock.now());
  }
});

async function prepare({ order }: ShareTask): Promise<void> {
  try {
    // The shop's journeys take a second to load, which a load has no use for.
    if (order.kind === 'drill') await Promise.all([reachTarget(order), import('./run-drill-share.ts')]);
    tell({ kind: 'ready' });
  } catch (error) {
    last({ kind: 'failed', error: describe(error) });
  }
}

/** A change that was heard of too late holds from now on: what was sent meanwhile cannot be taken back. */
function steer(changes: readonly SteeringChange[]): void {
  for (const { atMs, factor } of changes.slice(changesHeard)) {
    steering.set(factor, Math.max(atMs, systemClock.now() - begunMs));
  }
  changesHeard = Math.max(changesHeard, changes.length);
}

async function work(zeroMs: number): Promise<void> {
  if (task === undefined) throw new Error('it was to begin without a task');
  if (hasBegun) return;
  hasBegun = true;
  begunMs = zeroMs;
  try {
    const result = await run(task, zeroMs);
    // Figures with gaps are none.
    if (stop.signal.reason instanceof AppError) throw stop.signal.reason;
    last({ kind: 'done', result });
  } catch (error) {
    last({ kind: 'failed', error: describe(error) });
  }
}

async function run({ order, share }: ShareTask, zeroMs: number): Promise<ShareResult> {
  const onProgress = (progress: ShareProgress): void => tell({ kind: 'progress', progress });
  const shared = { zeroMs, signal: stop.signal, onProgress };
  if (order.kind === 'load') return await runShare({ ...shared, task: { order, share } });
  const { runDrillShare } = await import('./run-drill-share.ts');
  return await runDrillShare({ ...shared, task: { order, share }, steering, onBatch: handOut });
}

function handOut(bytes: Buffer): void {
  waitingBytes += bytes.length;
  if (waitingBytes > WAITING_BYTES_MAX) {
    const message = `what it saw was not taken: ${WAITING_BYTES_MAX} bytes of it were waiting`;
    stop.abort(shareError({ kind: 'environment', code: 'SAMPLES_NOT_TAKEN', message }));
    return;
  }
  tell({ kind: 'batch', bytes });
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
