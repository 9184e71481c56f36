import { shop } from '@stormcart/sut';
import type { Command } from 'commander';
import type { CommandContext } from '../command-line.ts';
import { listScenarioFiles, loadScenario, nameOf } from '../scenario-files.ts';

interface Entry {
  readonly name: string;
  readonly file: string;
  readonly about: string;
  readonly hypothesis: string;
}

export function addList(program: Command, { terminal }: CommandContext): void {
  program
    .command('list')
    .description('the scenarios in scenarios/, and what each one asks')
    .option('--json', 'print one JSON document')
    .action(async (options: { readonly json?: true }) => {
      const files = await listScenarioFiles();
      const entries = await Promise.all(files.map(describe));
      if (options.json === true) {
        terminal.data(JSON.stringify({ scenarios: entries }, null, 2));
        return;
      }
      const { bold, dim } = terminal.dataStyle;
      for (const entry of entries) {
        terminal.data(`${bold(entry.name)}  ${entry.about}`);
        if (entry.hypothesis !== '') terminal.data(`  ${dim(entry.hypothesis)}`);
      }
      if (entries.length === 0) terminal.message('no scenarios/ here; `stormcart init` writes a first one');
    });
}

async function describe(file: string): Promise<Entry> {
  try {
    const { scenario } = await loadScenario(file, shop);
    return { name: scenario.name, file, about: scenario.about, hypothesis: scenario.hypothesis };
  } catch {
    return { name: nameOf(file), file, about: `has problems: stormcart validate ${file}`, hypothesis: '' };
  }
}
