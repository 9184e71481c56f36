import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { messageOf, systemClock } from '@stormcart/core';
import { ChaosError } from '../chaos-error.ts';
import { undoMsMax } from '../undo/undo-all.ts';
import {
  type ControllerWord,
  parseWatchdogWord,
  type UndoneWord,
  type WatchdogOrder,
} from './watchdog-wire.ts';

/** The watchdog's process, seen from the controller: there is always one, or a reason why there is none. */
export interface WatchdogProcess {
  /** Resolves at its first sign of life. Rejects with WATCHDOG_FAILED when none comes up. */
  ready(): Promise<void>;
  /** Why no watchdog watches any more and none will; undefined while one does, or is on its way. */
  failure(): ChaosError | undefined;
  /** Tells it that the controller goes in order, and waits until it has ended. */
  close(): Promise<void>;
}

export interface WatchdogProcessOptions extends WatchdogOrder {
  /** What it did is appended here, as lines of JSON. */
  readonly logFile: string;
  /** Called with each new watchdog's pid, before it can have done anything. */
  readonly onLaunch: (pid: number) => void;
  readonly onWord: (word: UndoneWord) => void;
  /** For people: `the watchdog ended (SIGKILL); another one watches now`. */
  readonly onNews: (text: string) => void;
}

/** Somebody ends it by mistake once or twice; one that ends by itself each time must not fill the machine with tries. */
const LAUNCHES_MAX = 5;
/** A Node process with no work is there in a third of a second; a crowded machine needs many times that. */
const READY_TIMEOUT_MS = 20_000;
/** What a dismissed watchdog does beyond its undoing, and looking once more: a pause, reading a file and ending. */
const END_SPARE_MS = 5_000;

export function startWatchdog(options: WatchdogProcessOptions): WatchdogProcess {
  return new Watchdog(options);
}

class Watchdog implements WatchdogProcess {
  readonly #options: WatchdogProcessOptions;
  readonly #ready = Promise.withResolvers<void>();
  #current: ChildProcess | undefined;
  #launches = 0;
  #failure: ChaosError | undefined;
  #isClosing = false;
  #isHeard = false;
  #unansweredBeats = 0;
  readonly #beating: NodeJS.Timeout;

  constructor(options: WatchdogProcessOptions) {
    this.#options = options;
    // Whoever waits hears of it; until then its failure is nobody's.
    this.#ready.promise.catch(() => undefined);
    this.#tryLaunch();
    this.#beating = setInterval(() => this.#beat(), options.limits.beatEveryMs);
    this.#beating.unref();
  }

  ready(): Promise<void> {
    const cancel = systemClock.after(READY_TIMEOUT_MS, () => {
      this.#ready.reject(watchdogFailed(`it was not there within ${READY_TIMEOUT_MS / 1_000} s`));
    });
    return this.#ready.promise.finally(cancel);
  }

  failure(): ChaosError | undefined {
    return this.#failure;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#beating);
    const child = this.#current;
    if (child === undefined) return;
    const { undo } = this.#options.limits;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // Waited for from here on: unreferenced, it would let this process end in the middle of it.
    child.ref();
    this.#tell({ kind: 'dismiss' });
    child.stdin?.end();
    const limitMs = 2 * undoMsMax(undo) + END_SPARE_MS;
    const cancel = systemClock.after(limitMs, () => child.kill('SIGKILL'));
    await ended;
    cancel();
  }

  #tryLaunch(): void {
    this.#launches += 1;
    this.#isHeard = false;
    this.#unansweredBeats = 0;
    try {
      this.#launch();
      this.#tell({ kind: 'beat' });
    } catch (error) {
      this.#onEnd(messageOf(error));
    }
  }

  #launch(): void {
    const { onLaunch, journalFile, limits, logFile } = this.#options;
    const order: WatchdogOrder = { journalFile, limits };
    const log = openSync(logFile, 'a');
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('./main.ts', import.meta.url)), JSON.stringify(order)],
      {
        // Its own session: a Ctrl-C at the terminal reaches the whole group of the controller. And none of the run's
        // mark, or it would be reaped with the rest.
        detached: true,
        env: { PATH: process.env['PATH'] ?? '' },
        stdio: ['pipe', 'pipe', log],
      },
    );
    closeSync(log);
    this.#current = child;
    child.unref();
    for (const stream of [child.stdin, child.stdout]) {
      stream?.on('error', () => undefined);
      if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
    }
    if (child.pid !== undefined) onLaunch(child.pid);
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line));
    }
    const onEnd = (how: string): void => {
      if (this.#current === child) this.#onEnd(how);
    };
    child.once('error', (error) => onEnd(error.message));
    child.once('exit', (code, signal) => onEnd(signal ?? `exit code ${code}`));
  }

  #hear(line: string): void {
    const word = parseWatchdogWord(line);
    if (word === undefined) return;
    this.#isHeard = true;
    this.#unansweredBeats = 0;
    this.#ready.resolve();
    if (word.kind !== 'watching') this.#options.onWord(word);
  }

  #onEnd(how: string): void {
    this.#current = undefined;
    if (this.#isClosing) return;
    const { onNews } = this.#options;
    if (this.#launches < LAUNCHES_MAX) {
      this.#tryLaunch();
      onNews(`the watchdog ended (${how}); another one watches now`);
      return;
    }
    this.#failure = watchdogFailed(`it has ended ${LAUNCHES_MAX} times, at last with ${how}`);
    this.#ready.reject(this.#failure);
    onNews(this.#failure.message);
  }

  #beat(): void {
    const { silenceMs, beatEveryMs } = this.#options.limits;
    this.#tell({ kind: 'beat' });
    this.#unansweredBeats += 1;
    // Counted in beats of this process's own, as the watchdog counts in looks: what starves both blames neither.
    const silentMs = this.#unansweredBeats * beatEveryMs;
    if (silentMs >= (this.#isHeard ? silenceMs : READY_TIMEOUT_MS)) this.#current?.kill('SIGKILL');
  }

  #tell(word: ControllerWord): void {
    this.#current?.stdin?.write(`${JSON.stringify(word)}\n`);
  }
}

function watchdogFailed(why: string): ChaosError {
  return new ChaosError({
    kind: 'environment',
    code: 'WATCHDOG_FAILED',
    message: `there is no watchdog: ${why}`,
    hint: 'Its log is watchdog.log. Without it a fault could outlive this process, so none is begun.',
  });
}
