import { AppError, messageOf } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import type { Command } from 'commander';
import type { CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';
import { loadScenario } from '../scenario-files.ts';

export function addValidate(program: Command, { terminal, exitWith }: CommandContext): void {
  program
    .command('validate')
    .description('check scenario files without booting anything; exit 2 when one could not run')
    .argument('<file...>', 'scenario files or names')
    .action(async (files: readonly string[]) => {
      const { good, bad } = terminal.messageStyle;
      for (const file of files) {
        try {
          const { scenario, warnings } = await loadScenario(file, shop);
          if (warnings !== '') terminal.message(warnings);
          terminal.message(`${good('ok')} ${scenario.file}`);
        } catch (error) {
          if (!(error instanceof AppError) || error.kind !== 'usage') throw error;
          terminal.message(`${bad('bad')} ${messageOf(error)}`);
          if (error.hint !== undefined) terminal.message(error.hint);
          exitWith(exitCodes.usage);
        }
      }
    });
}
