import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../command-line.ts';
import { addBalance } from './balance.ts';

/** What the command says to flags that it must refuse. */
async function refusalOf(...args: readonly string[]): Promise<string> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addBalance(program, {} as CommandContext);
  program.commands[0]?.exitOverride().configureOutput({ writeErr: () => undefined });
  const error: unknown = await program
    .parseAsync(['balance', ...args], { from: 'user' })
    .catch((thrown) => thrown);
  return error instanceof Error
    ? `${error.message} ${'hint' in error ? String(error.hint) : ''}`
    : 'accepted';
}

describe('stormcart balance refuses', () => {
  const backend = ['--backend', 'http://127.0.0.1:9;weight=2'];
  it.each([
    ['to start without a back end', [], /needs a back end .*--backend http/],
    [
      'a back end that speaks TLS',
      ['--backend', 'https://127.0.0.1:9'],
      /such as http:\/\/127\.0\.0\.1:9001/,
    ],
    [
      'a back end with a path',
      ['--backend', 'http://127.0.0.1:9/path'],
      /such as http:\/\/127\.0\.0\.1:9001/,
    ],
    ['a back end that is no address', ['--backend', 'shop'], /such as http:\/\/127\.0\.0\.1:9001/],
    ['a weight of nothing', ['--backend', 'http://127.0.0.1:9;weight=0'], /;weight=3/],
    ['an unknown algorithm', [...backend, '--algorithm', 'fastest'], /round-robin, weighted-round-robin/],
    [
      'weights that nobody looks at',
      [...backend, '--algorithm', 'round-robin'],
      /no weight .*weighted-round-robin/,
    ],
    ['a probe that is no path', [...backend, '--health', 'readyz'], /health\.path: .*"\/"/],
    ['an address without a port', [...backend, '--listen', 'localhost'], /such as 127\.0\.0\.1:9464/],
    ['a file that is not there', ['/nonexistent.json'], /cannot read \/nonexistent\.json/],
    ['a file with flags beside it', ['balancer.json', ...backend], /--backend and balancer\.json/],
  ])('%s', async (_, args, message) => {
    expect(await refusalOf(...args)).toMatch(message);
  });
});
