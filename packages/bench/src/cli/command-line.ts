import { Command, CommanderError } from 'commander';
import { Interruption } from '../drill/interruption.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { commands } from './command/command-table.ts';
import { exitCodeOf, exitCodes } from './exit-code.ts';
import { showError } from './show-error.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted with an `Interruption` on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Sets the exit code of an expected outcome; errors are thrown. */
  readonly exitWith: (code: number) => void;
}

export async function runCommandLine(args: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  let exitCode: number = exitCodes.pass;
  const signal = abortOnSignals((name) => {
    terminal.message(`${name}: rolling back and ending (once more to leave at once)`);
  });
  const context: CommandContext = {
    terminal,
    signal,
    exitWith: (code) => {
      exitCode = code;
    },
  };
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' });
    // Interrupted while the last thing was being put away: the answer stands, but the shell should know.
    return signal.aborted ? exitCodeOf(signal.reason) : exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage;
    const shown = signal.aborted ? signal.reason : error;
    if (!(shown instanceof Interruption)) showError(terminal, shown);
    return exitCodeOf(shown);
  }
}

function buildProgram(context: CommandContext): Command {
  const program = new Command('stormcart')
    .description(
      'Boots a shop on real stores, breaks it under load, and answers: does it stay up,\n' +
        'and does it lose anything that it had acknowledged?',
    )
    .exitOverride()
    .showHelpAfterError('(`stormcart --help` lists the commands)')
    .showSuggestionAfterError()
    .addHelpText('after', EXIT_CODES_HELP);
  for (const add of commands) add(program, context);
  for (const command of program.commands) command.exitOverride();
  return program;
}

const EXIT_CODES_HELP = `
Exit codes:
  0  pass
  1  a gate, an invariant or the steady state failed
  2  bad usage or scenario
  3  inconclusive: generator saturated, no samples, a fault that never fired, an invariant that could not be read
  4  the environment or Stormcart itself failed
  130, 143  interrupted, after rollback

Start here:
  stormcart list                                 what scenarios there are
  stormcart run scenarios/redis-blackhole.yaml   one drill
  stormcart doctor                               what this machine has and lacks`;
