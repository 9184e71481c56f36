import { AppError } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import type { Command } from 'commander';
import { worstAnswer } from '../../audit/audit.ts';
import { auditRecordedRun } from '../../audit/recorded-run.ts';
import { recordedInvariants } from '../../own-system/recorded-system.ts';
import { plural } from '../../report/format.ts';
import { auditLines } from '../../report/terminal-summary.ts';
import type { CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';

export function addAudit(program: Command, { terminal, exitWith }: CommandContext): void {
  program
    .command('audit')
    .description('check a recorded history and its store snapshot again; needs no stores')
    .argument('<run-dir>', 'a run directory, .stormcart/runs/…')
    .option('--json', 'print one JSON document')
    .action(async (folder: string, options: { readonly json?: true }) => {
      const invariants = await recordedInvariants(folder, shop.invariants);
      const { operationsCount, results } = await auditRecordedRun(folder, invariants);
      if (operationsCount === 0 && results.every((result) => result.checkedCount === 0)) {
        throw new AppError({
          kind: 'usage',
          code: 'EMPTY_HISTORY',
          message: `${folder} recorded nothing to audit`,
        });
      }
      if (options.json === true)
        terminal.data(JSON.stringify({ operationsCount, invariants: results }, null, 2));
      else {
        terminal.data(`Audit of ${plural(operationsCount, 'operation')}`);
        for (const line of auditLines(results, terminal.dataStyle)) terminal.data(line);
      }
      switch (worstAnswer(results)) {
        case 'holds':
          return;
        case 'violated':
          exitWith(exitCodes.fail);
          return;
        case 'unknown':
          exitWith(exitCodes.inconclusive);
      }
    });
}
