import type { SystemUnderTest } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { type Command, Option } from 'commander';
import { reportSchema } from '../../report/report-schema.ts';
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
    .addOption(
      new Option('--report', 'that of report.json instead, for programs that read it').conflicts('for'),
    )
    .action(async (options: { readonly for?: string; readonly report?: true }) => {
      const schema = options.report === true ? reportSchema() : scenarioSchema(await systemOf(options.for));
      terminal.data(JSON.stringify(schema, null, 2));
    });
}

/** The shop unless a scenario is about something else. */
async function systemOf(scenario: string | undefined): Promise<SystemUnderTest> {
  return scenario === undefined ? shop : (await loadScenario(scenario, shop)).system;
}
