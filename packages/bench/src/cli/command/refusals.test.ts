import { Command } from 'commander';
import { expect, it } from 'vitest';
import type { CommandContext } from '../command-line.ts';
import { commands } from './command-table.ts';

/** What the program says to a command line that it must refuse before it does anything. */
async function refusalOf(...args: readonly string[]): Promise<string> {
  const program = new Command();
  for (const add of commands) add(program, {} as CommandContext);
  const error: unknown = await program.parseAsync(args, { from: 'user' }).catch((thrown: unknown) => thrown);
  return error instanceof Error
    ? `${error.message} ${'hint' in error ? String(error.hint) : ''}`
    : 'accepted';
}

it.each([
  ['capacity http://127.0.0.1:9/ --set policies.cache=none', /--set changes a scenario, and http/],
  ['init --own mine.yaml', /mine\.yaml looks like a file.*--own mine$/],
  ['load http://ada:secret@127.0.0.1:9/ --rate 5/s', /URL of 127\.0\.0\.1:9 is not sent/],
  ['load http://ada@127.0.0.1:9/ --rate 5/s', /is not sent.*Authorization/],
])('refuses: stormcart %s', async (line, message) => {
  const refusal = await refusalOf(...line.split(' '));
  expect(refusal).toMatch(message);
  expect(refusal).not.toContain('secret');
});
