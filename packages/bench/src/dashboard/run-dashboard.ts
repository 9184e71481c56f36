import type { Clock } from '@stormcart/core';
import type { ControlFile } from '../control/control-file.ts';
import { listen } from './client/listen.ts';
import { plainProgress, verdictText } from './plain-progress.ts';
import type { TerminalKind } from './screen/terminal-kind.ts';

export interface DashboardOptions {
  readonly runName: string;
  readonly control: ControlFile;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** The value of TERM. */
  readonly term: string;
  readonly terminal: TerminalKind;
  readonly clock: Clock;
  /** Its reason is thrown once the terminal is restored. */
  readonly signal: AbortSignal;
  readonly isAlive: (pid: number) => Promise<boolean>;
  /** Leaves when the drill is over, rather than showing the verdict until `q`. */
  readonly isLeavingAtEnd: boolean;
}

export interface DashboardEnd {
  /** By `q`, by ctrl-c, because the drill has said good-bye, or because it is gone without one. */
  readonly kind: 'left' | 'interrupted' | 'over' | 'gone';
  /** The drill's last word about itself, once it is over. */
  readonly verdict?: string;
}

/**
 * Shows a running drill until it is left or the drill is over; the drill never notices. Rejects with the signal's
 * reason, the terminal restored.
 */
export async function runDashboard(options: DashboardOptions): Promise<DashboardEnd> {
  if (options.terminal.kind === 'plain') return runPlain(options);
  // Loaded only where it is used: blessed takes as long to load as the rest of the program.
  const { runOnScreen } = await import('./run-on-screen.ts');
  return runOnScreen(options, options.terminal);
}

async function runPlain({
  control,
  clock,
  signal,
  output,
  isAlive,
}: DashboardOptions): Promise<DashboardEnd> {
  let verdict: string | undefined;
  const progress = plainProgress((line) => output.write(`${line}\n`));
  const goodbye = await listen(
    control,
    {
      ...progress,
      state: (state) => {
        if (state.stage === 'over') verdict = verdictText(state);
        progress.state(state);
      },
    },
    { clock, signal, isAlive: () => isAlive(control.pid) },
  );
  return { kind: goodbye === 'said' ? 'over' : 'gone', ...(verdict === undefined ? {} : { verdict }) };
}
