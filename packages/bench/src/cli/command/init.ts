import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, systemCodeOf } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { type Command, Option } from 'commander';
import { starterScenario } from '../../scenario/starter.ts';
import { ensureFolder, guardDisk } from '../../workspace/workspace.ts';
import type { CommandContext } from '../command-line.ts';

interface Options {
  readonly own?: true;
  readonly external?: true;
}

export function addInit(program: Command, { terminal }: CommandContext): void {
  program
    .command('init')
    .description('write a starter scenario that runs as it is, for the shop or for a system of your own')
    .argument('[path]', `where to: a file (${SHOP_FILE}), with --own a folder (${OWN_FOLDER})`)
    .option('--own', 'a system of your own: a module that boots a server, the server, and a scenario')
    .addOption(
      new Option(
        '--external',
        'a system that runs already: a scenario with its address and requests',
      ).conflicts('own'),
    )
    .action(async (path: string | undefined, options: Options) => {
      const files = await starterFiles(path, options);
      await writeAll(files);
      const scenario = [...files.keys()].find((file) => file.endsWith('.yaml')) ?? '';
      terminal.message(
        `wrote ${[...files.keys()].join(', ')}; try: stormcart ${nextStep(options)} ${scenario}`,
      );
    });
}

const SHOP_FILE = 'scenarios/first.yaml';
const EXTERNAL_FILE = 'scenarios/external.yaml';
const OWN_FOLDER = 'my-system';
const OWN_FILES = ['my-system.ts', 'server.ts', 'first.yaml'];
const STARTERS = new URL('../../own-system/starter/', import.meta.url);

/** Content by file. */
async function starterFiles(
  path: string | undefined,
  { own, external }: Options,
): Promise<ReadonlyMap<string, string>> {
  if (external === true) return new Map([[path ?? EXTERNAL_FILE, await starter('external.yaml')]]);
  if (own !== true) return new Map([[path ?? SHOP_FILE, starterScenario(shop)]]);
  const folder = path ?? OWN_FOLDER;
  if (/\.ya?ml$/.test(folder)) {
    throw new AppError({
      kind: 'usage',
      code: 'NO_FOLDER',
      message: `${folder} looks like a file; --own writes ${OWN_FILES.join(', ')} into a folder`,
      hint: `Name the folder: stormcart init --own ${folder.replace(/\.ya?ml$/, '')}`,
    });
  }
  const files = OWN_FILES.map(async (name) => [join(folder, name), await starter(name)] as const);
  return new Map(await Promise.all(files));
}

function starter(name: string): Promise<string> {
  return readFile(new URL(name, STARTERS), 'utf8');
}

/** None is written where one exists already. */
async function writeAll(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, content] of files) {
    try {
      await guardDisk(() => ensureFolder(dirname(file)));
      await writeFile(file, content, { flag: 'wx' });
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
      throw new AppError({
        kind: 'usage',
        code: 'FILE_EXISTS',
        message: `${file} exists already and stays as it is`,
        hint: 'Give another place: stormcart init scenarios/second.yaml, stormcart init --own second-system',
      });
    }
  }
}

/** An address that nobody has filled in yet is no drill. */
function nextStep({ external }: Options): string {
  return external === true ? 'validate' : 'run';
}
