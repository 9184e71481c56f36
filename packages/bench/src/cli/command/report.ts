import { relative } from 'node:path';
import type { Command } from 'commander';
import { readReport } from '../../report/read-report.ts';
import { terminalSummary } from '../../report/terminal-summary.ts';
import { renderOutputs } from '../../report/write-report.ts';
import type { CommandContext } from '../command-line.ts';
import { openGithub } from '../drill-audience.ts';

interface Options {
  readonly github?: true;
  readonly json?: true;
}

export function addReport(program: Command, { terminal, exitWith }: CommandContext): void {
  program
    .command('report')
    .description('render the report of an earlier run again: report.html and junit.xml; ends as that run did')
    .argument('<run-dir>', 'a run directory, .stormcart/runs/…')
    .option('--github', 'job summary and annotations for GitHub Actions, as run --github writes them')
    .option('--json', 'print the report as one JSON document')
    .action(async (folder: string, options: Options) => {
      const report = await readReport(folder);
      const github = options.github === true ? await openGithub(options, terminal) : undefined;
      await renderOutputs(report, folder);
      if (options.json === true) terminal.data(JSON.stringify(report, null, 2));
      else terminal.data(terminalSummary(report, relative('.', folder), terminal.dataStyle));
      await github?.judged(report);
      exitWith(report.exitCode);
    });
}
