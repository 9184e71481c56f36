import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type Supervisor } from '@stormcart/core';
import { exitCodes } from '../../../cli/exit-code.ts';
import { ensureFolder } from '../../../workspace/workspace.ts';
import { compareError } from '../../compare-error.ts';
import { readRun } from '../../run/read-run.ts';
import type { Side } from '../side.ts';

export interface DrillSideOptions {
  readonly about: string;
  /** The checkout whose code is measured. */
  readonly checkout: string;
  /** The scenario file. */
  readonly file: string;
  /** Flags of `stormcart run` that are this side's: `--set policies.cache=none`. */
  readonly flags: readonly string[];
  /** Its reaper ends a drill that outlives this process. */
  readonly supervisor: Pick<Supervisor, 'reaper'>;
}

/** The end of what a drill said is enough to tell why it failed. */
const TAIL_LINES = 12;

/** A drill: each run boots the system anew, in a process of its own, so that nothing is carried over to the next. */
export function drillSide(options: DrillSideOptions): Side {
  const { about, checkout, file, flags, supervisor } = options;
  return {
    about,
    measure: async ({ seed, folder, signal }) => {
      await ensureFolder(folder);
      const command = [
        join(checkout, 'packages/bench/bin/stormcart.mjs'),
        'run',
        file,
        '--json',
        '--out',
        folder,
        '--seed',
        String(seed),
        ...flags,
      ];
      // Beside the folder, so that the folder holds run directories only.
      const messagesFile = `${folder}.txt`;
      const code = await runToEnd(command, messagesFile, supervisor, signal);
      signal.throwIfAborted();
      const [run] = await readdir(folder);
      if (isVerdict(code) && run !== undefined) return readRun(join(folder, run));
      throw sideFailed(about, code, await readFile(messagesFile, 'utf8'));
    },
  };
}

function isVerdict(code: number | null): boolean {
  return code === exitCodes.pass || code === exitCodes.fail || code === exitCodes.inconclusive;
}

/** Its exit code. An interruption is passed on once, and waited for: a drill rolls back what it broke. */
async function runToEnd(
  command: readonly string[],
  messagesFile: string,
  { reaper }: Pick<Supervisor, 'reaper'>,
  signal: AbortSignal,
): Promise<number | null> {
  signal.throwIfAborted();
  const messages = await open(messagesFile, 'a');
  try {
    // A group of its own: Ctrl-C at the terminal would reach it a second time, which means "leave at once".
    const child = spawn(process.execPath, command, {
      detached: true,
      stdio: ['ignore', 'ignore', messages.fd],
    });
    const closed = once(child, 'close') as Promise<[number | null]>;
    const { pid } = child;
    if (pid !== undefined) reaper.watch(pid);
    const interrupt = (): void => void child.kill('SIGINT');
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      const [code] = await closed;
      return code;
    } finally {
      signal.removeEventListener('abort', interrupt);
      if (pid !== undefined) reaper.forget(pid);
    }
  } catch (cause) {
    throw compareError({
      kind: 'environment',
      code: 'SIDE_FAILED',
      message: `a drill could not be started: ${messageOf(cause)}`,
      cause,
    });
  } finally {
    await messages.close();
  }
}

function sideFailed(about: string, code: number | null, messages: string): Error {
  return compareError({
    kind: code === exitCodes.usage ? 'usage' : 'environment',
    code: 'SIDE_FAILED',
    message: `a drill of ${about} ended with exit code ${code}`,
    hint: messages.trimEnd().split('\n').slice(-TAIL_LINES).join('\n'),
  });
}
