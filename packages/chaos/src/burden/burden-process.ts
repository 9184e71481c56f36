import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { messageOf, processIdentity, RUN_MARK, systemClock } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import type { Lease } from '../fault/fault.ts';
import { isOver } from '../fault/process/process-stat.ts';
import { allowedCpus, runOf } from '../kernel/program.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { type BurdenOrder, burdenReport } from './burden.ts';

/** The process that a burden is laid beside. */
export interface Bearer {
  readonly name: string;
  readonly pid: number;
}

const ENTRY = fileURLToPath(new URL('./main.ts', import.meta.url));
/** It closes a file or sets a limit; what takes longer is stuck and is killed. */
const LIFT_MS_MAX = 5_000;

/**
 * A burden and its process, from the start to the end. It is in the bearer's run and on the bearer's CPUs, in a
 * session of its own (a Ctrl-C at the terminal is not for it), and ends by itself at its lease or when this process
 * ends.
 */
export class BurdenProcess {
  readonly #bearer: Bearer;
  #child: ChildProcess | undefined;
  #identity = '';
  #state: 'new' | 'laid' | 'lifted' = 'new';
  #amount = 0;
  #problem: string | undefined;

  constructor(bearer: Bearer) {
    this.#bearer = bearer;
  }

  /** Resolves once the burden has its full weight; rejects with a `ChaosError` when it cannot be laid. */
  async lay(order: BurdenOrder, lease: Lease): Promise<void> {
    try {
      await this.#lay(order, lease);
    } catch (error) {
      // Whoever cut it off may have lifted it before there was a process.
      await this.lift();
      throw error;
    }
  }

  /** Ends it and waits until its process is gone. Does nothing where none was started. */
  async lift(): Promise<void> {
    const child = this.#child;
    if (child === undefined || hasExited(child)) return;
    const cancel = systemClock.after(LIFT_MS_MAX, () => child.kill('SIGKILL'));
    const closed = once(child, 'close');
    child.stdin?.end();
    await closed;
    cancel();
  }

  async isGone(): Promise<boolean> {
    const pid = this.#child?.pid;
    return pid === undefined || isOver(pid, this.#identity);
  }

  /** How much it was in the end. Throws when it ended before anybody wanted it to. */
  amount(): number {
    if (this.#problem === undefined) return this.#amount;
    throw this.#failure(this.#problem);
  }

  async #lay(order: BurdenOrder, { forMs, signal, journal }: Lease): Promise<void> {
    const untilMs = systemClock.now() + forMs;
    const child = await startProcess(this.#bearer, order.kind);
    this.#child = child;
    const { pid = 0 } = child;
    // Idle until it is told, so that it is written down before it weighs.
    this.#identity = (await processIdentity(pid)) ?? '';
    await journal({ kind: 'end-process', pid, identity: this.#identity });
    signal.throwIfAborted();
    const laid = this.#listen(child, order.kind);
    child.stdin?.write(`${JSON.stringify({ order, untilMs })}\n`);
    await unlessAborted(laid, signal);
  }

  /** Follows what it says; resolves at `laid`. */
  #listen(child: ChildProcess, kind: BurdenOrder['kind']): Promise<void> {
    const laid = Promise.withResolvers<void>();
    // Asked for by the time that it is needed, if ever: an apply that was cut off waits no more.
    laid.promise.catch(() => undefined);
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const report = burdenReport.parse(JSON.parse(line));
        if (report.kind === 'failed') {
          laid.reject(this.#failure(report.message));
          return;
        }
        this.#state = report.kind;
        this.#amount = report.amount;
        laid.resolve();
      });
    }
    child.once('close', (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      laid.reject(this.#failure(`its process ended at once (${how})`));
      if (this.#state === 'laid') this.#problem = `the ${kind} burden ended before its time (${how})`;
    });
    return laid.promise;
  }

  #failure(what: string): ChaosError {
    return new ChaosError({
      kind: 'environment',
      code: 'BURDEN_FAILED',
      message: `beside ${this.#bearer.name}: ${what}`,
    });
  }
}

async function startProcess(bearer: Bearer, kind: string): Promise<ChildProcess> {
  const [cpus, ownCpus, runId] = await Promise.all([
    allowedCpus(bearer.pid),
    allowedCpus(process.pid),
    runOf(bearer.pid),
  ]);
  // The arguments after the script are for those who look at a list of processes.
  const command = [process.execPath, ENTRY, kind, 'beside', bearer.name];
  const pin = cpus === undefined || cpus === ownCpus ? [] : ['taskset', '--cpu-list', cpus];
  const [program = '', ...args] = [...pin, ...command];
  const child = spawn(program, args, {
    cwd: '/',
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      ...(runId === undefined ? {} : { [RUN_MARK]: runId }),
    },
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin?.on('error', () => undefined);
  await once(child, 'spawn').catch((cause: unknown) => {
    throw new ChaosError({
      kind: 'environment',
      code: 'BURDEN_FAILED',
      message: `beside ${bearer.name}: ${program} could not be started: ${messageOf(cause)}`,
      cause,
    });
  });
  return child;
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
