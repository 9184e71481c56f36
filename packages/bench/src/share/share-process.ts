import { type ChildProcess, fork } from 'node:child_process';
import { AppError } from '@stormcart/core';
import type { SteeringChange } from '../load/steering.ts';
import type { FromShareProcess, ToShareProcess } from './process-message.ts';
import type { ShareProgress } from './run-share.ts';
import type { ShareOutcome } from './share-outcome.ts';
import { planMsOf, type ShareTask } from './share-task.ts';

/** A process that runs one share. */
export interface ShareProcess {
  readonly pid: number | undefined;
  /** True once it waits for its beginning; false when it ended before that or took too long. */
  readonly isReady: Promise<boolean>;
  /** Never rejects. */
  readonly outcome: Promise<ShareOutcome>;
  /** When the plan begins, on the clock of this machine. */
  begin(zeroMs: number): void;
  /** All changes of the rate so far; only a drill's share follows them. */
  steer(changes: readonly SteeringChange[]): void;
  /** So many bytes of its batches have reached those who measure. */
  taken(byteCount: number): void;
  /** Ends the load early; the outcome still has what was measured until then. */
  stop(): void;
  /** Ends the process at once. */
  kill(): void;
}

export interface ShareProcessOptions {
  readonly task: ShareTask;
  /** For people: `driver process 2 of 3`. */
  readonly name: string;
  readonly onProgress: (progress: ShareProgress) => void;
  /** What a drill's share has seen; all of it has come before the outcome. */
  readonly onBatch?: (bytes: Uint8Array) => void;
}

/** Node with this program's modules is up within a second; a starved machine may take ten times that. */
const READY_WITHIN_MS = 30_000;
/** A share that is stopped only has to add up what it has. */
const STOP_WITHIN_MS = 10_000;
/** Beyond the plan, its timeout and the driver's own grace (1 s): what adding up and telling may take. */
const TELL_WITHIN_MS = 15_000;

function forkDriver(): ChildProcess {
  return fork(new URL('./share-main.ts', import.meta.url), {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // As JSON a batch would be four times as long.
    serialization: 'advanced',
  });
}

export function startShareProcess({ task, name, onProgress, onBatch }: ShareProcessOptions): ShareProcess {
  const child = forkDriver();
  let overdueTimer: NodeJS.Timeout | undefined;
  let complaint: string | undefined;
  let isOver = false;
  const loseAfter = (ms: number, why: string): void => {
    clearTimeout(overdueTimer);
    if (isOver) return;
    overdueTimer = setTimeout(() => {
      complaint = why;
      child.kill('SIGKILL');
    }, ms);
  };
  const { promise: isReady, resolve: settleReady } = Promise.withResolvers<boolean>();
  const { promise: outcome, resolve: settle } = Promise.withResolvers<ShareOutcome>();
  void outcome.then(() => {
    isOver = true;
    clearTimeout(overdueTimer);
    settleReady(false);
  });
  child.on('message', (message: FromShareProcess) => {
    switch (message.kind) {
      case 'ready':
        clearTimeout(overdueTimer);
        settleReady(true);
        return;
      case 'progress':
        onProgress(message.progress);
        return;
      case 'batch':
        onBatch?.(message.bytes);
        return;
      case 'done':
        settle({ kind: 'done', name, result: message.result });
        return;
      case 'failed':
        settle({ kind: 'failed', name, error: new AppError(message.error) });
    }
  });
  child.once('error', (error) => settle({ kind: 'lost', name, reason: `${name}: ${error.message}` }));
  // `close` comes after the last message has been read; `exit` may come before it.
  child.once('close', (code, signal) => {
    settle({ kind: 'lost', name, reason: lossOf(name, child, complaint, code, signal) });
  });
  const send = (message: ToShareProcess): void => {
    // Whoever is gone is noticed by its end, not by what it can no longer be told.
    if (child.connected) child.send(message, () => undefined);
  };
  loseAfter(READY_WITHIN_MS, 'did not come up in time');
  send({ kind: 'task', task });
  return {
    pid: child.pid,
    isReady,
    outcome,
    begin: (zeroMs) => {
      send({ kind: 'begin', zeroMs });
      loseAfter(planMsOf(task) + task.order.timeoutMs + TELL_WITHIN_MS, 'did not end in time');
    },
    steer: (changes) => send({ kind: 'steer', changes }),
    taken: (byteCount) => send({ kind: 'taken', byteCount }),
    stop: () => {
      send({ kind: 'stop' });
      loseAfter(STOP_WITHIN_MS, 'did not stop in time');
    },
    kill: () => child.kill('SIGKILL'),
  };
}

function lossOf(
  name: string,
  { pid }: ChildProcess,
  complaint: string | undefined,
  code: number | null,
  signal: NodeJS.Signals | null,
): string {
  const who = `${name} (pid ${pid ?? 'unknown'})`;
  if (complaint !== undefined) return `${who} ${complaint}`;
  return signal === null
    ? `${who} ended with ${code} before it told its figures`
    : `${who} was ended by ${signal}`;
}
