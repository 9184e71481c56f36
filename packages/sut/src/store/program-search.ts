import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Folders to look in, first hit wins. */
export type SearchFolders = readonly string[];

/**
 * Server programs are often in folders that an ordinary user's PATH leaves out; Fedora keeps mariadbd in
 * libexec, Homebrew links its own.
 */
const USUAL_FOLDERS = [
  '/usr/sbin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/libexec',
  '/opt/homebrew/sbin',
  '/opt/homebrew/bin',
] as const;

/** Where packages and Homebrew put RabbitMQ's own folder. */
const RABBITMQ_PARENTS = [
  '/usr/lib/rabbitmq/lib',
  '/usr/lib64/rabbitmq/lib',
  '/usr/lib/rabbitmq',
  '/opt',
  '/opt/homebrew/opt/rabbitmq',
  '/usr/local/opt/rabbitmq',
] as const;

/** Own builds of the servers: only these folders are then searched. */
const STORE_PATH_VARIABLE = 'STORMCART_STORE_PATH';

export interface ProgramSearch {
  readonly programs: SearchFolders;
  /** Folders that hold `rabbitmq_server-<version>`, or are one (`sbin/rabbitmq-server` inside). */
  readonly rabbitmq: SearchFolders;
}

export function programSearch(environment: Readonly<Record<string, string | undefined>>): ProgramSearch {
  const own = environment[STORE_PATH_VARIABLE];
  if (own !== undefined && own !== '') {
    const folders = own.split(delimiter);
    return { programs: folders, rabbitmq: folders };
  }
  const onPath = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return { programs: [...new Set([...onPath, ...USUAL_FOLDERS])], rabbitmq: RABBITMQ_PARENTS };
}

/** The first executable of this name. Links stay: Debian's redis-server is one, and goes by the name it is called. */
export async function findProgram(name: string, folders: SearchFolders): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** The newest RabbitMQ folder: the one with `sbin/rabbitmq-server` and `plugins/`. */
export async function findRabbitmqHome(parents: SearchFolders): Promise<string | undefined> {
  const homes: string[] = [];
  for (const parent of parents) {
    const entries = await readdir(parent).catch(() => []);
    const candidates = [
      parent,
      ...entries.filter((entry) => entry.startsWith('rabbitmq_server-')).map((entry) => join(parent, entry)),
    ];
    for (const home of candidates) {
      if ((await isExecutable(join(home, 'sbin/rabbitmq-server'))) && (await exists(join(home, 'plugins')))) {
        homes.push(home);
      }
    }
  }
  const byVersion = new Intl.Collator('en', { numeric: true });
  return homes.toSorted((left, right) => byVersion.compare(right, left))[0];
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
