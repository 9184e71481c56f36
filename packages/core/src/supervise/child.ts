import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Clock, systemClock } from '../clock/clock.ts';
import { AppError, messageOf } from '../error/app-error.ts';
import { signalGroup, signalTree } from './process-table.ts';

/** What to start, how to know that it is ready, and how to end it. */
export interface ChildSpec {
  /** As people name it: `orders/1`, `rabbitmq`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is inherited, so that two machines behave alike. */
  readonly env: Readonly<Record<string, string>>;
  readonly workFolder: string;
  /** Where it keeps its data, for a process that has a folder of its own. */
  readonly dataFolder?: string;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** Resolves once the process serves; the signal is aborted when time is up or the process has died. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  readonly readyTimeoutMs: number;
  readonly stopSignal: NodeJS.Signals;
  /** After this long the stop signal is followed by SIGKILL. */
  readonly stopTimeoutMs: number;
}

/** One life of a supervised process, from spawn to exit. */
export interface Child {
  readonly pid: number;
  readonly startedMs: number;
  /** Settles when the process has ended, with how. */
  readonly exited: Promise<ChildExit>;
  /** Resolves when ready; rejects with an `AppError` that carries the end of its log. */
  ready(): Promise<void>;
  /** Stop signal, then SIGKILL; resolves when it is gone. */
  stop(): Promise<ChildExit>;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly atMs: number;
}

/** Enough of a log to see why a start failed, little enough for a terminal. */
const LOG_TAIL_LINES = 12;

export async function launchChild(spec: ChildSpec, clock: Clock = systemClock): Promise<Child> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'a');
  let child: ChildProcess;
  try {
    child = spawn(spec.command, spec.args, {
      cwd: spec.workFolder,
      env: { ...spec.env },
      // A group of its own: signals reach its children too, and the terminal's Ctrl-C does not reach it.
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, atMs: clock.now() }));
  });
  const { pid } = child;
  if (pid === undefined) throw await spawnFailure(child, spec);

  let hasExited = false;
  void exited.then(() => {
    hasExited = true;
    // What it left in its group (a shell's children, say) goes with it, also when it crashed. The group
    // only: its own pid may belong to somebody else by now.
    signalGroup(pid, 'SIGKILL');
  });

  return {
    pid,
    startedMs: clock.now(),
    exited,
    ready: () => waitReady(spec, exited, clock),
    stop: async () => {
      if (hasExited) return exited;
      signalTree(pid, spec.stopSignal);
      // A frozen process cannot act on its stop signal. Thawed after it was sent, it has no time to do else.
      signalTree(pid, 'SIGCONT');
      const cancel = clock.after(spec.stopTimeoutMs, () => signalTree(pid, 'SIGKILL'));
      const exit = await exited;
      cancel();
      return exit;
    },
  };
}

async function spawnFailure(child: ChildProcess, spec: ChildSpec): Promise<AppError> {
  const cause = await new Promise<Error>((resolve) => child.once('error', resolve));
  return new AppError({
    kind: 'environment',
    code: 'CHILD_NOT_STARTED',
    message: `${spec.name} could not be started: ${messageOf(cause)}`,
    hint: 'Run `stormcart doctor` to see what is missing.',
    details: { command: spec.command },
    cause,
  });
}

async function waitReady(spec: ChildSpec, exited: Promise<ChildExit>, clock: Clock): Promise<void> {
  const giveUp = new AbortController();
  let isWaiting = true;
  // The message reads the log, which is only worth its time while somebody waits for it.
  const abort = (what: () => string): void => {
    if (isWaiting) giveUp.abort(notReady(spec, what()));
  };
  const cancel = clock.after(spec.readyTimeoutMs, () => {
    abort(() => `was not ready within ${spec.readyTimeoutMs / 1_000} s`);
  });
  void exited.then((exit) => abort(() => `ended while starting (${describeExit(exit)})`));
  try {
    await spec.ready(giveUp.signal);
  } catch (error) {
    throw giveUp.signal.aborted ? giveUp.signal.reason : error;
  } finally {
    isWaiting = false;
    cancel();
  }
}

function notReady(spec: ChildSpec, what: string): AppError {
  return new AppError({
    kind: 'environment',
    code: 'CHILD_NOT_READY',
    message: `${spec.name} ${what}`,
    hint: `The end of ${spec.logFile}:\n${tailOf(spec.logFile)}`,
  });
}

export function describeExit(exit: ChildExit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}

function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  } catch {
    return '(no log)';
  }
}
