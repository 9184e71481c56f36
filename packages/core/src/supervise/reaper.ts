import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One line on the reaper's standard input. */
export type ReaperOrder =
  | { readonly kind: 'child'; readonly pid: number }
  | { readonly kind: 'gone'; readonly pid: number }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'dismiss' };

/** Ends a run's processes and removes its folders when this process dies, SIGKILL included. */
export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  /** Removes this folder too if this process dies. */
  removeAfterDeath(path: string): void;
  /** Lets the reaper go: nothing is ended. */
  close(): Promise<void>;
}

/** Somebody ends it by mistake once or twice; one that ends by itself each time must not fill the machine with tries. */
const MAX_LAUNCHES = 5;

export function startReaper(runId: string): Reaper {
  const standing = new Map<string, ReaperOrder>();
  let closing = false;
  let launches = 0;
  let current: ChildProcess;

  const tell = (order: ReaperOrder): void => {
    current.stdin?.write(`${JSON.stringify(order)}\n`);
  };
  const launch = (): void => {
    launches += 1;
    current = spawn(process.execPath, [fileURLToPath(new URL('./reaper-main.ts', import.meta.url)), runId], {
      // Its own session: a Ctrl-C at the terminal reaches the whole group of the controller.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    current.unref();
    current.stdin?.on('error', () => undefined);
    const { stdin } = current;
    if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
    // Somebody ended it: without a reaper a SIGKILL would leave stores behind, so there is always one.
    current.once('exit', () => {
      if (!closing && launches < MAX_LAUNCHES) launch();
    });
    current.once('error', () => undefined);
    for (const order of standing.values()) tell(order);
  };
  launch();

  return {
    watch: (pid) => {
      const order: ReaperOrder = { kind: 'child', pid };
      standing.set(`child ${pid}`, order);
      tell(order);
    },
    forget: (pid) => {
      standing.delete(`child ${pid}`);
      tell({ kind: 'gone', pid });
    },
    removeAfterDeath: (path) => {
      const order: ReaperOrder = { kind: 'folder', path };
      standing.set(`folder ${path}`, order);
      tell(order);
    },
    close: () => {
      closing = true;
      return new Promise((resolve) => {
        if (current.pid === undefined || current.exitCode !== null || current.signalCode !== null) {
          resolve();
          return;
        }
        current.once('exit', () => resolve());
        // Waited for from here on: unreferenced, it would let this process end in the middle of it.
        current.ref();
        tell({ kind: 'dismiss' });
        current.stdin?.end();
      });
    },
  };
}
