import { shop } from '@stormcart/sut';
import type { Command } from 'commander';
import { scenarioSchema } from '../../scenario/scenario-schema.ts';
import type { CommandContext } from '../command-line.ts';
import { loadScenario } from '../scenario-files.ts';

export function addSchema(program: Command, { terminal }: CommandContext): void {
  program
    .command('schema')
    .description(
      'print the JSON Schema of scenario files, for editors: stormcart schema > scenarios/schema.json',
    )
    .option('--for <scenario>', 'for scenarios about the same system as this one, where it is not the shop')
    .action(async (options: { readonly for?: string }) => {
      const system = options.for === undefined ? shop : (await loadScenario(options.for, shop)).system;
      terminal.data(JSON.stringify(scenarioSchema(system), null, 2));
    });
}
