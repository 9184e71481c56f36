import { isAlive, systemClock } from '@stormcart/core';
import { type Command, Option } from 'commander';
import { findDrill } from '../../dashboard/client/find-drill.ts';
import { type DashboardEnd, runDashboard } from '../../dashboard/run-dashboard.ts';
import { terminalKind } from '../../dashboard/screen/terminal-kind.ts';
import { Interruption } from '../../drill/interruption.ts';
import { openWorkspace } from '../../workspace/workspace.ts';
import type { CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';

interface Options {
  readonly attach?: string;
  readonly ascii?: true;
  readonly leaveAtEnd?: true;
}

export function addDash(program: Command, context: CommandContext): void {
  program
    .command('dash')
    .description('watch and steer a running drill from this terminal; leaving it never touches the drill')
    .option('--attach <run>', 'a run directory or its name; without it the newest drill that runs')
    .addOption(new Option('--ascii', 'draw with ASCII signs only, for fonts that lack the others'))
    .option('--leave-at-end', 'leave when the drill is over, rather than showing its verdict until q')
    .addHelpText('after', NOTES)
    .action((options: Options) => showDashboard(options, context));
}

const NOTES = `
Off a terminal, or with TERM=dumb, it prints plain progress lines until the drill is over.

Exit codes:
  0         left with q, or the drill is over; its verdict is the drill's own exit code
  2         there is no such drill, or none that runs
  4         the drill went away without a good-bye
  130, 143  ctrl-c, SIGTERM; the drill goes on`;

async function showDashboard(
  { attach, ascii, leaveAtEnd }: Options,
  { terminal, signal, exitWith }: CommandContext,
): Promise<void> {
  const { runName, control } = await findDrill(attach, openWorkspace().runsFolder, isAlive);
  const { stdin, stdout, env } = process;
  const kind = terminalKind(env, {
    isInputTerminal: stdin.isTTY,
    isOutputTerminal: stdout.isTTY,
    colourBits: stdout.isTTY ? stdout.getColorDepth(env) : 1,
  });
  const end = await runDashboard({
    runName,
    control,
    input: stdin,
    output: stdout,
    term: env.TERM ?? '',
    terminal: kind.kind === 'screen' && ascii === true ? { ...kind, isAscii: true } : kind,
    clock: systemClock,
    signal,
    isAlive,
    isLeavingAtEnd: leaveAtEnd === true,
  });
  if (end.kind === 'interrupted') throw new Interruption('SIGINT');
  if (kind.kind === 'screen') terminal.message(lastWord(end, runName));
  if (end.kind === 'gone') exitWith(exitCodes.environment);
}

/** On the restored terminal, so that something stays of what was seen. */
function lastWord({ kind, verdict }: DashboardEnd, runName: string): string {
  if (verdict !== undefined) return `${runName}: ${verdict}`;
  if (kind === 'gone') return `${runName} is gone without a good-bye`;
  return `left; ${runName} goes on: stormcart dash --attach ${runName}`;
}
