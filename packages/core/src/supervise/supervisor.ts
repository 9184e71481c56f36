import { type Clock, systemClock } from '../clock/clock.ts';
import { type Child, type ChildExit, type ChildSpec, launchChild } from './child.ts';
import { RUN_MARK } from './process-table.ts';
import { type Reaper, startReaper } from './reaper.ts';

export interface SupervisedSpec extends ChildSpec {
  /** What to do when it ends without having been told to. */
  readonly restart: { readonly kind: 'never' } | { readonly kind: 'always'; readonly delayMs: number };
}

export type ChildState = 'starting' | 'ready' | 'down' | 'stopped';

export interface ChildEvent {
  readonly name: string;
  readonly state: ChildState;
  readonly atMs: number;
  readonly pid: number | undefined;
  /** Why it went down: how it ended, or why it could not be started. */
  readonly reason?: string;
}

/** A process that is kept running over several lives. */
export interface SupervisedChild {
  readonly name: string;
  readonly logFile: string;
  /** The pid of the present life; undefined while it is down. */
  pid(): number | undefined;
  state(): ChildState;
  /** Resolves when ready (now or after a restart); rejects when stopped or the signal is aborted. */
  whenReady(signal: AbortSignal): Promise<void>;
  /** Ends it if it runs, starts it again now, and waits until it is ready. */
  restart(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** Starts, restarts and ends a run's processes. One per run. */
export interface Supervisor {
  readonly runId: string;
  readonly reaper: Reaper;
  /** Starts a process and waits until it is ready. */
  start(spec: SupervisedSpec): Promise<SupervisedChild>;
  onEvent(listener: (event: ChildEvent) => void): void;
  /** Ends everything, last started first, then lets the reaper go. */
  close(): Promise<void>;
}

/** A process that dies at each start is started ever more slowly, so that it cannot eat the machine. */
const MAX_RESTART_DELAY_MS = 5_000;
/** A life this long counts as a recovery: the delay starts small again. */
const STABLE_LIFE_MS = 10_000;

export function createSupervisor(runId: string, clock: Clock = systemClock): Supervisor {
  const reaper = startReaper(runId);
  const children: SupervisedLife[] = [];
  const listeners = new Set<(event: ChildEvent) => void>();
  const announce = (event: ChildEvent): void => {
    for (const listener of listeners) listener(event);
  };
  let closing: Promise<void> | undefined;
  return {
    runId,
    reaper,
    start: async (spec) => {
      const marked = { ...spec, env: { ...spec.env, [RUN_MARK]: runId } };
      const child = new SupervisedLife(marked, reaper, clock, announce);
      children.push(child);
      if (closing !== undefined) throw new Error(`${spec.name} was started while its supervisor closes`);
      await child.launch();
      return child;
    },
    onEvent: (listener) => {
      listeners.add(listener);
    },
    close: () => {
      closing ??= endInOrder(children).then(() => reaper.close());
      return closing;
    },
  };
}

async function endInOrder(children: readonly SupervisedLife[]): Promise<void> {
  for (const child of children.toReversed()) await child.stop();
}

class SupervisedLife implements SupervisedChild {
  readonly name: string;
  readonly logFile: string;
  readonly #spec: SupervisedSpec;
  readonly #reaper: Reaper;
  readonly #clock: Clock;
  readonly #announce: (event: ChildEvent) => void;
  #child: Child | undefined;
  #state: ChildState = 'down';
  #restarts = 0;
  #cancelRestart: () => void = () => undefined;
  #waiters = new Set<() => void>();

  constructor(spec: SupervisedSpec, reaper: Reaper, clock: Clock, announce: (event: ChildEvent) => void) {
    this.name = spec.name;
    this.logFile = spec.logFile;
    this.#spec = spec;
    this.#reaper = reaper;
    this.#clock = clock;
    this.#announce = announce;
  }

  pid(): number | undefined {
    return this.#child?.pid;
  }

  state(): ChildState {
    return this.#state;
  }

  async launch(): Promise<void> {
    this.#enter('starting');
    const child = await launchChild(this.#spec, this.#clock);
    this.#child = child;
    this.#reaper.watch(child.pid);
    void child.exited.then((exit) => this.#onExit(child, exit));
    if (this.#isStopped()) {
      await child.stop();
      return;
    }
    try {
      await child.ready();
    } catch (error) {
      await child.stop();
      throw error;
    }
    if (this.#child === child && !this.#isStopped()) this.#enter('ready');
  }

  async whenReady(signal: AbortSignal): Promise<void> {
    while (this.#state !== 'ready') {
      signal.throwIfAborted();
      if (this.#state === 'stopped') throw new Error(`${this.name} was stopped`);
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#waiters.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.#waiters.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
  }

  async restart(): Promise<void> {
    this.#cancelRestart();
    const child = this.#child;
    // Forget it first: its exit then asks for no second start.
    this.#child = undefined;
    await child?.stop();
    if (!this.#isStopped()) await this.launch();
  }

  async stop(): Promise<void> {
    this.#enter('stopped');
    this.#cancelRestart();
    await this.#child?.stop();
  }

  /** Asked through a method because the state changes while a launch is being awaited. */
  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #onExit(child: Child, exit: ChildExit): void {
    this.#reaper.forget(child.pid);
    if (this.#child !== child) return;
    const wasReady = this.#state === 'ready';
    this.#child = undefined;
    if (this.#isStopped()) return;
    this.#enter('down', exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`);
    // The first start's failure belongs to the caller of launch(), who decides.
    if (wasReady || this.#restarts > 0) this.#scheduleRestart(exit.atMs - child.startedMs);
  }

  #scheduleRestart(lifeMs: number): void {
    const { restart } = this.#spec;
    if (restart.kind === 'never') return;
    this.#restarts = lifeMs > STABLE_LIFE_MS ? 1 : this.#restarts + 1;
    const delayMs = Math.min(restart.delayMs * 2 ** (this.#restarts - 1), MAX_RESTART_DELAY_MS);
    this.#cancelRestart = this.#clock.after(delayMs, () => {
      this.launch().catch((error: unknown) => {
        // Its exit has scheduled the next try; a spawn that failed outright has no exit.
        if (this.#child === undefined && this.#state === 'starting') {
          this.#enter('down', error instanceof Error ? error.message : String(error));
          this.#scheduleRestart(0);
        }
      });
    });
  }

  #enter(state: ChildState, reason?: string): void {
    if (this.#state === 'stopped' && state !== 'stopped') return;
    this.#state = state;
    this.#announce({
      name: this.name,
      state,
      atMs: this.#clock.now(),
      pid: this.#child?.pid,
      ...(reason === undefined ? {} : { reason }),
    });
    for (const wake of this.#waiters) wake();
  }
}
