import { rm } from 'node:fs/promises';
import { AppError } from '@stormcart/core';
import type { Command } from 'commander';
import { liveRuns, type Swept, sweep } from '../../workspace/sweep.ts';
import { openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import type { CommandContext } from '../command-line.ts';
import { sweptLines } from '../swept-lines.ts';

export function addClean(program: Command, { terminal }: CommandContext): void {
  program
    .command('clean')
    .description('end and remove whatever a dead drill left behind; drills under way stay untouched')
    .option('--runs', 'remove the run directories (reports, histories, logs) too')
    .option('--cache', 'remove the store templates too; the next boot makes them again')
    .action(async (options: { readonly runs?: true; readonly cache?: true }) => {
      const workspace = openWorkspace();
      const swept = await sweep(workspace);
      for (const run of swept) for (const line of sweptLines(run)) terminal.message(line);
      if (swept.length === 0) terminal.message('no dead drill left anything behind');
      if (options.runs === true || options.cache === true) await refuseWhileLive(workspace);
      if (options.runs === true) await removeAll(workspace.runsFolder);
      if (options.cache === true) await removeAll(workspace.cacheFolder);
      refuseToCallItClean(swept);
    });

  async function removeAll(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    terminal.message(`removed ${folder}`);
  }
}

/** Their reports and templates are in use. */
async function refuseWhileLive(workspace: Workspace): Promise<void> {
  const runIds = await liveRuns(workspace);
  if (runIds.length === 0) return;
  throw new AppError({
    kind: 'environment',
    code: 'DRILL_UNDER_WAY',
    message: `under way: ${runIds.join(', ')}`,
    hint: 'Wait until it has ended, or end it with Ctrl-C; then clean again.',
  });
}

/** What could not be undone is nobody's but a person's, now; the journal says it until somebody has seen to it. */
function refuseToCallItClean(swept: readonly Swept[]): void {
  const left = swept.filter(({ problems }) => problems.length > 0);
  if (left.length === 0) return;
  throw new AppError({
    kind: 'environment',
    code: 'NOT_UNDONE',
    message: `what ${left.map(({ runId }) => runId).join(', ')} broke may still be broken`,
    hint: [
      'Bring back what could not be reached and run `stormcart clean` again. Or undo it by hand, then remove:',
      ...left.map(({ journalFile }) => `  ${journalFile}`),
    ].join('\n'),
  });
}
