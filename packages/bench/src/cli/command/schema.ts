import { shop } from '@stormcart/sut';
import type { Command } from 'commander';
import { reportSchema } from '../../report/report-schema.ts';
import { scenarioSchema } from '../../scenario/scenario-schema.ts';
import type { CommandContext } from '../command-line.ts';

export function addSchema(program: Command, { terminal }: CommandContext): void {
  program
    .command('schema')
    .description(
      'print the JSON Schema of scenario files, for editors: stormcart schema > scenarios/schema.json',
    )
    .option('--report', 'that of report.json instead, for programs that read it')
    .action((options: { readonly report?: true }) => {
      const schema = options.report === true ? reportSchema() : scenarioSchema(shop);
      terminal.data(JSON.stringify(schema, null, 2));
    });
}
