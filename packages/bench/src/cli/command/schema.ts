import { shop } from '@stormcart/sut';
import type { Command } from 'commander';
import { scenarioSchema } from '../../scenario/scenario-schema.ts';
import type { CommandContext } from '../command-line.ts';

export function addSchema(program: Command, { terminal }: CommandContext): void {
  program
    .command('schema')
    .description(
      'print the JSON Schema of scenario files, for editors: stormcart schema > scenarios/schema.json',
    )
    .action(() => {
      terminal.data(JSON.stringify(scenarioSchema(shop), null, 2));
    });
}
