import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  leasePort,
  type MariadbStore,
  type PortLease,
  pollUntil,
  type SupervisedChild,
  type Supervisor,
} from '@stormcart/core';
import { createConnection, type RowDataPacket } from 'mysql2/promise';

/** A node of a cluster, and the process that it runs in. */
export interface GaleraNode {
  readonly store: MariadbStore;
  readonly process: SupervisedChild;
}

export interface GaleraCluster {
  readonly nodes: readonly GaleraNode[];
  /** Gives the ports back. */
  close(): Promise<void>;
}

interface Place {
  readonly name: string;
  readonly folder: string;
  readonly ports: {
    readonly sql: number;
    readonly group: number;
    readonly events: number;
    readonly state: number;
  };
}

/** The account that installing leaves behind; a rig on loopback needs no other. */
const ROOT = { user: 'root', password: '' };

const PROVIDERS = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'];

/** Sizes that keep the folders small; installing and serving must use the same. */
const SIZES = [
  '--innodb-log-file-size=4M',
  '--innodb-data-file-path=ibdata1:10M:autoextend',
  '--innodb-doublewrite=0',
  '--innodb-flush-method=nosync',
];

/** Three nodes that begin with the same data, ready. Throws with what to type where there is no Galera. */
export async function startGalera(supervisor: Supervisor, folder: string): Promise<GaleraCluster> {
  const provider = PROVIDERS.find((path) => existsSync(path));
  if (provider === undefined) throw new Error('there is no Galera here: apt-get install galera-4');
  const leases: PortLease[] = [];
  const lease = async (): Promise<number> => {
    const leased = await leasePort();
    leases.push(leased);
    return leased.port;
  };
  const places: Place[] = [];
  for (const name of ['db1', 'db2', 'db3']) {
    const ports = { sql: await lease(), group: await lease(), events: await lease(), state: await lease() };
    places.push({ name, folder: join(folder, name), ports });
  }
  await writeStateScript(folder);
  await makeData(supervisor, folder, places, provider);
  const nodes: GaleraNode[] = [];
  // One after the other: one donor serves one joiner.
  for (const place of places) nodes.push(await startNode(supervisor, folder, place, places, provider));
  return {
    nodes,
    close: async () => {
      for (const leased of leases) await leased.close();
    },
  };
}

/** Empty tables that a cluster of one has once called its own, so that each node begins at the same place of its history. */
async function makeData(
  supervisor: Supervisor,
  folder: string,
  places: readonly Place[],
  provider: string,
): Promise<void> {
  const [first] = places;
  if (first === undefined) return;
  await mkdir(first.folder, { recursive: true });
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  await promisify(execFile)('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${first.folder}`,
    ...asRoot,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
    ...SIZES,
  ]);
  const alone = await startNode(supervisor, folder, first, [first], provider);
  await alone.process.stop();
  await rm(join(first.folder, 'galera.cache'), { force: true });
  for (const { folder: to } of places.slice(1)) await cp(first.folder, to, { recursive: true });
}

/** MariaDB calls a script to move whole data folders. Here all have the same, and only the place in history is told. */
async function writeStateScript(folder: string): Promise<void> {
  const script = join(folder, 'wsrep_sst_same');
  await writeFile(
    script,
    `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in --role) role=$2 ;; --address) address=\${2%%/*} ;; --gtid) gtid=$2 ;; esac
  shift
done
state=${folder}/state-\${address##*:}
if [ "$role" = joiner ]; then
  echo "ready $address"
  tries=0
  while [ ! -s "$state" ] && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
  cat "$state"
  rm -f "$state"
else
  echo continue
  echo "$gtid" > "$state.new" && mv "$state.new" "$state"
  echo "done $gtid"
fi
`,
  );
  await chmod(script, 0o755);
}

async function startNode(
  supervisor: Supervisor,
  folder: string,
  place: Place,
  places: readonly Place[],
  provider: string,
): Promise<GaleraNode> {
  const { name, ports } = place;
  const address = { host: '127.0.0.1', port: ports.sql };
  const child = await supervisor.start({
    name: places.length === 1 ? `${name}-alone` : name,
    command: 'mariadbd',
    args: argumentsOf(place, places, provider),
    env: { PATH: `${folder}:/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: 'C.UTF-8' },
    workFolder: place.folder,
    logFile: join(folder, `${name}.log`),
    ready: (signal) =>
      pollUntil(async () => (await nodeStatus(address.port, 'wsrep_ready')) === 'ON', {
        everyMs: 100,
        signal,
      }),
    readyTimeoutMs: 60_000,
    restart: { kind: 'never' },
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 20_000,
  });
  const store: MariadbStore = {
    name,
    technology: 'mariadb',
    cluster: 'mariadb',
    address,
    process: name,
    administrator: ROOT,
    database: 'mysql',
  };
  return { store, process: child };
}

function argumentsOf(
  { name, folder, ports }: Place,
  places: readonly Place[],
  provider: string,
): readonly string[] {
  const isFirst = places[0]?.name === name;
  const options = [
    `base_port=${ports.group}`,
    `gmcast.listen_addr=tcp://${at(ports.group)}`,
    `ist.recv_addr=${at(ports.events)}`,
    'gcache.size=16M',
    'evs.suspect_timeout=PT1S',
    'evs.inactive_timeout=PT3S',
    'evs.inactive_check_period=PT0.2S',
    'evs.keepalive_period=PT0.3S',
    'pc.recovery=false',
  ];
  return [
    '--no-defaults',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    `--datadir=${folder}`,
    `--port=${ports.sql}`,
    '--bind-address=127.0.0.1',
    '--socket=mariadb.sock',
    '--pid-file=mariadb.pid',
    `--tmpdir=${folder}`,
    '--skip-name-resolve',
    '--skip-ssl',
    '--performance-schema=OFF',
    ...SIZES,
    '--innodb-buffer-pool-size=32M',
    '--innodb-flush-log-at-trx-commit=2',
    '--innodb-autoinc-lock-mode=2',
    '--binlog-format=ROW',
    '--wsrep-on=ON',
    `--wsrep-provider=${provider}`,
    '--wsrep-cluster-name=rig',
    `--wsrep-cluster-address=gcomm://${places.map((place) => at(place.ports.group)).join(',')}`,
    `--wsrep-node-name=${name}`,
    `--wsrep-node-address=${at(ports.group)}`,
    '--wsrep-sst-method=same',
    `--wsrep-sst-receive-address=${at(ports.state)}`,
    `--wsrep-provider-options=${options.join(';')}`,
    ...(isFirst ? ['--wsrep-new-cluster'] : []),
  ];
}

/** Loopback, as Galera writes addresses. */
function at(port: number): string {
  return `127.0.0.1:${port}`;
}

/** One status value of a node: `wsrep_cluster_size`. */
export async function nodeStatus(port: number, name: string): Promise<string> {
  const connection = await createConnection({ host: '127.0.0.1', port, ...ROOT, connectTimeout: 1_000 });
  connection.on('error', () => undefined);
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SHOW GLOBAL STATUS WHERE Variable_name = ?', [
      name,
    ]);
    return String(rows[0]?.['Value']);
  } finally {
    connection.destroy();
  }
}

/** The error with which a node answers a question about its tables; undefined where it answers it. */
export async function refusalOf(port: number): Promise<number | undefined> {
  const connection = await createConnection({ host: '127.0.0.1', port, ...ROOT, connectTimeout: 1_000 });
  connection.on('error', () => undefined);
  try {
    await connection.query('SELECT COUNT(*) FROM mysql.plugin');
    return undefined;
  } catch (error) {
    return (error as { readonly errno?: number }).errno;
  } finally {
    connection.destroy();
  }
}
