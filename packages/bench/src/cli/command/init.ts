import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, systemCodeOf } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import type { Command } from 'commander';
import { starterScenario } from '../../scenario/starter.ts';
import { ensureFolder, guardDisk } from '../../workspace/workspace.ts';
import type { CommandContext } from '../command-line.ts';

export function addInit(program: Command, { terminal }: CommandContext): void {
  program
    .command('init')
    .description('write a starter scenario that runs as it is')
    .argument('[file]', 'where to', 'scenarios/first.yaml')
    .action(async (file: string) => {
      try {
        await guardDisk(() => ensureFolder(dirname(file)));
        await writeFile(file, starterScenario(shop), { flag: 'wx' });
      } catch (error) {
        if (systemCodeOf(error) !== 'EEXIST') throw error;
        throw new AppError({
          kind: 'usage',
          code: 'FILE_EXISTS',
          message: `${file} exists already and stays as it is`,
          hint: 'Give another name: stormcart init scenarios/second.yaml',
        });
      }
      terminal.message(`wrote ${file}; try: stormcart run ${file}`);
    });
}
