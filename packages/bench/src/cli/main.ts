import { messageOf } from '@stormcart/core';
import { runCommandLine } from './command-line.ts';
import { exitCodes } from './exit-code.ts';

// Node would end with 1, which says that a gate failed. What a run has started is ended by its reaper, what it has
// broken is undone by its watchdog: whoever has just failed is not to be trusted with either.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`error: Stormcart itself failed: ${messageOf(error)}\n`);
    if (error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    process.exit(exitCodes.environment);
  });
}

/** What a command itself has open it closes; more is left open only by a module of its user's. */
const LINGER_MS = 1_000;

process.exitCode = await runCommandLine(process.argv.slice(2));
// Once everything is written nobody waits for a timer or a socket that `sut: ./my-system.ts` made when it was imported.
process.stdout.write('', () => setTimeout(() => process.exit(), LINGER_MS).unref());
