import type { Clock } from '../clock/clock.ts';
import { messageOf } from '../error/app-error.ts';
import { type Child, type ChildExit, type ChildSpec, describeExit, launchChild } from './child.ts';
import type { Reaper } from './reaper.ts';

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
  readonly dataFolder: string | undefined;
  readonly stopSignal: NodeJS.Signals;
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

export interface LifeOptions {
  readonly spec: SupervisedSpec;
  readonly reaper: Reaper;
  readonly clock: Clock;
  readonly announce: (event: ChildEvent) => void;
}

/** A process that dies at each start is started ever more slowly, so that it cannot eat the machine. */
const MAX_RESTART_DELAY_MS = 5_000;
/** A life this long counts as a recovery: the delay starts small again. */
const STABLE_LIFE_MS = 10_000;

export class SupervisedLife implements SupervisedChild {
  readonly name: string;
  readonly logFile: string;
  readonly dataFolder: string | undefined;
  readonly stopSignal: NodeJS.Signals;
  readonly #options: LifeOptions;
  #child: Child | undefined;
  #state: ChildState = 'down';
  #restarts = 0;
  #wasEverReady = false;
  #cancelRestart: () => void = () => undefined;
  /** Starts and restarts take turns: two at once would leave a process that nobody knows of. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #waiters = new Set<() => void>();

  constructor(options: LifeOptions) {
    this.name = options.spec.name;
    this.logFile = options.spec.logFile;
    this.dataFolder = options.spec.dataFolder;
    this.stopSignal = options.spec.stopSignal;
    this.#options = options;
  }

  pid(): number | undefined {
    return this.#child?.pid;
  }

  state(): ChildState {
    return this.#state;
  }

  /** Starts it unless it runs, and waits until it is ready. */
  launch(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#child === undefined) await this.#launch();
    });
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

  restart(): Promise<void> {
    return this.#inTurn(async () => {
      this.#cancelRestart();
      const child = this.#child;
      // Forget it first: its exit then asks for no second start.
      this.#child = undefined;
      this.#enter('down', 'restarted');
      await child?.stop();
      await this.#launch();
    });
  }

  async stop(): Promise<void> {
    this.#enter('stopped');
    this.#cancelRestart();
    await this.#child?.stop();
    // A restart may be ending an earlier life that this one no longer knows.
    await this.#turn;
  }

  async #launch(): Promise<void> {
    if (this.#isStopped()) throw new Error(`${this.name} was stopped`);
    const { spec, clock, reaper } = this.#options;
    this.#enter('starting');
    let child: Child;
    try {
      child = await launchChild(spec, clock);
    } catch (error) {
      this.#enter('down', messageOf(error));
      this.#scheduleRestart(0);
      throw error;
    }
    this.#child = child;
    reaper.watch(child.pid);
    void child.exited.then((exit) => this.#onExit(child, exit));
    try {
      if (this.#isStopped()) throw new Error(`${this.name} was stopped while it started`);
      await child.ready();
    } catch (error) {
      await child.stop();
      throw error;
    }
    if (this.#child !== child) return;
    this.#wasEverReady = true;
    this.#enter('ready');
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Asked through a method because the state changes while a launch is being awaited. */
  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #onExit(child: Child, exit: ChildExit): void {
    this.#options.reaper.forget(child.pid);
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#enter('down', describeExit(exit));
    this.#scheduleRestart(exit.atMs - child.startedMs);
  }

  #scheduleRestart(lifeMs: number): void {
    const { restart } = this.#options.spec;
    // The first start's failure belongs to the caller of launch(), who decides.
    if (restart.kind === 'never' || !this.#wasEverReady || this.#isStopped()) return;
    this.#restarts = lifeMs > STABLE_LIFE_MS ? 1 : this.#restarts + 1;
    const delayMs = Math.min(restart.delayMs * 2 ** (this.#restarts - 1), MAX_RESTART_DELAY_MS);
    this.#cancelRestart = this.#options.clock.after(delayMs, () => {
      // How it failed has been announced, and its end has scheduled the next try.
      this.launch().catch(() => undefined);
    });
  }

  #enter(state: ChildState, reason?: string): void {
    if (this.#state === 'stopped') return;
    this.#state = state;
    this.#options.announce({
      name: this.name,
      state,
      atMs: this.#options.clock.now(),
      pid: this.#child?.pid,
      ...(reason === undefined ? {} : { reason }),
    });
    for (const wake of this.#waiters) wake();
  }
}
