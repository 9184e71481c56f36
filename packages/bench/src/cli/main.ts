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

process.exitCode = await runCommandLine(process.argv.slice(2));
