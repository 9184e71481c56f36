import type { Requirement } from '@stormcart/core';
import { manualInstallHint } from './install-plan.ts';
import { findProgram, findRabbitmqHome, type ProgramSearch, programSearch } from './program-search.ts';
import { askVersion, erlangVersion, findErlCall, rabbitmqVersion } from './program-version.ts';
import { storeError } from './store-error.ts';

/** Everything that the private stores are started with: absolute paths and versions. */
export interface StorePrograms {
  readonly mariadb: {
    readonly server: string;
    readonly installer: string;
    readonly version: string;
  };
  readonly redis: { readonly server: string; readonly version: string };
  readonly rabbitmq: {
    /** The package's own folder, with `sbin/` and `plugins/`. */
    readonly home: string;
    readonly erl: string;
    readonly epmd: string;
    /** Undefined where there is none: then faults cannot change the broker from inside. */
    readonly erlCall: string | undefined;
    readonly version: string;
    readonly erlangVersion: string;
  };
}

/** One thing to look for, how to find it and how to tell its version. */
interface WantedProgram {
  readonly name: string;
  readonly disables: string;
  readonly packages: readonly string[];
  readonly find: (search: ProgramSearch) => Promise<string | undefined>;
  readonly version: (path: string) => Promise<string | undefined>;
}

const inFolders =
  (name: string) =>
  (search: ProgramSearch): Promise<string | undefined> =>
    findProgram(name, search.programs);

/**
 * For what answers no harmless question about itself: `mariadb-install-db --version` installs a database
 * into /var/lib/mysql, and epmd would become a daemon.
 */
const cameWith = (other: string) => async (): Promise<string> => `came with ${other}`;

const wantedPrograms: readonly WantedProgram[] = [
  {
    name: 'mariadbd',
    disables: 'MariaDB: every drill of the shop',
    packages: ['mariadb-server-core'],
    find: inFolders('mariadbd'),
    version: askVersion,
  },
  {
    name: 'mariadb-install-db',
    disables: 'MariaDB: making its data folder',
    packages: ['mariadb-server-core'],
    find: inFolders('mariadb-install-db'),
    version: cameWith('mariadbd'),
  },
  {
    // mariadb-install-db calls it and gives up without it; Debian keeps it with the client.
    name: 'my_print_defaults',
    disables: 'MariaDB: making its data folder',
    packages: ['mariadb-client-core'],
    find: inFolders('my_print_defaults'),
    version: askVersion,
  },
  {
    name: 'redis-server',
    disables: 'Redis: every drill of the shop',
    packages: ['redis-server'],
    find: inFolders('redis-server'),
    version: askVersion,
  },
  {
    name: 'rabbitmq-server',
    disables: 'RabbitMQ: every drill of the shop',
    packages: ['rabbitmq-server'],
    find: (search) => findRabbitmqHome(search.rabbitmq),
    version: rabbitmqVersion,
  },
  {
    name: 'erl',
    disables: 'RabbitMQ: it runs on Erlang',
    packages: ['rabbitmq-server'],
    find: inFolders('erl'),
    version: erlangVersion,
  },
  {
    name: 'epmd',
    disables: 'RabbitMQ: its node names',
    packages: ['rabbitmq-server'],
    find: inFolders('epmd'),
    version: cameWith('erl'),
  },
];

/** What is there and what is missing, for `doctor`. */
export async function storeRequirements(
  search: ProgramSearch = programSearch(process.env),
): Promise<readonly Requirement[]> {
  return Promise.all(
    wantedPrograms.map(async ({ name, disables, packages, find, version }) => {
      const path = await find(search);
      return {
        name,
        version: path === undefined ? undefined : ((await version(path)) ?? 'unknown'),
        path,
        disables,
        packages,
      };
    }),
  );
}

/** Everything needed to start stores. Errors: `STORE_PROGRAM_MISSING`, with the commands that install it. */
export async function requireStorePrograms(
  search: ProgramSearch = programSearch(process.env),
): Promise<StorePrograms> {
  const requirements = await storeRequirements(search);
  const missing = requirements.filter((requirement) => requirement.path === undefined);
  if (missing.length > 0) {
    const names = missing.map((requirement) => requirement.name);
    throw storeError({
      kind: 'environment',
      code: 'STORE_PROGRAM_MISSING',
      message: `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not on this machine`,
      hint: await manualInstallHint(missing.flatMap((requirement) => requirement.packages)),
      details: { missing: names },
    });
  }
  const found = (name: string): { readonly path: string; readonly version: string } => {
    const requirement = requirements.find((candidate) => candidate.name === name);
    return { path: requirement?.path ?? name, version: requirement?.version ?? 'unknown' };
  };
  return {
    mariadb: {
      server: found('mariadbd').path,
      installer: found('mariadb-install-db').path,
      version: found('mariadbd').version,
    },
    redis: { server: found('redis-server').path, version: found('redis-server').version },
    rabbitmq: {
      home: found('rabbitmq-server').path,
      erl: found('erl').path,
      epmd: found('epmd').path,
      erlCall: await findErlCall(found('erl').path),
      version: found('rabbitmq-server').version,
      erlangVersion: found('erl').version,
    },
  };
}
