import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Terminal } from './terminal.ts';

/** The dashboard of a drill that was started with `--dash`, on the same terminal and in a process of its own. */
export interface OwnDashboard {
  /** Its exit code: 0 when it was left, 130 after Ctrl-C. Whatever it is, the terminal is this process's again. */
  readonly ended: Promise<number>;
}

const PROGRAM = fileURLToPath(new URL('../../bin/stormcart.mjs', import.meta.url));

/**
 * `onEndWanted`: whoever pressed Ctrl-C there, or ended it by a signal, wants the drill to end too.
 *
 * Everything that this process has to say is kept until the dashboard has gone. It ends by itself when the drill does
 * and somebody has seen the verdict, or when this process is killed: then nobody answers it any more.
 */
export function openOwnDashboard(
  runFolder: string,
  terminal: Terminal,
  onEndWanted: (signal: NodeJS.Signals) => void,
): OwnDashboard {
  const release = terminal.hold();
  const child = spawn(process.execPath, [PROGRAM, 'dash', '--attach', runFolder], { stdio: 'inherit' });
  const ended = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      release();
      terminal.message(`the dashboard could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code, signal) => {
      release();
      resolve(code ?? (signal === 'SIGTERM' ? 143 : 1));
    });
  });
  void ended.then((code) => {
    const wanted = wantsEnd(code);
    if (wanted !== undefined) onEndWanted(wanted);
  });
  return { ended };
}

/** What the end of a dashboard means for its drill. */
function wantsEnd(exitCode: number): NodeJS.Signals | undefined {
  if (exitCode === 130) return 'SIGINT';
  return exitCode === 143 ? 'SIGTERM' : undefined;
}
