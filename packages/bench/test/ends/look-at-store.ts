import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { MariadbStore, RabbitmqStore, RedisStore, SystemStore } from '@stormcart/core';

/** Everything about a store that a fault could leave changed, by name, as the stores' own programs tell it. */
export type StoreState = ReadonlyMap<string, string>;

const run = promisify(execFile);

/** A store that does not answer within this is broken, too. */
const ANSWER_MS_MAX = 3_000;
const options = { timeout: ANSWER_MS_MAX, killSignal: 'SIGKILL', maxBuffer: 8 * 1_048_576 } as const;

/** Rejects when the store does not answer. */
export function stateOf(store: SystemStore): Promise<StoreState> {
  switch (store.technology) {
    case 'mariadb':
      return mariadbState(store);
    case 'redis':
      return redisState(store);
    case 'rabbitmq':
      return rabbitmqState(store);
  }
}

/** What differs, for people; values that change by themselves have to be left out of `before`. */
export function differences(before: StoreState, after: StoreState): readonly string[] {
  return [...before]
    .filter(([name, value]) => after.get(name) !== value)
    .map(([name, value]) => `${name} is ${after.get(name)}, was ${value}`);
}

/** All global variables, and how many sessions of the administrator's there are besides the one that asks. */
async function mariadbState({ address, administrator }: MariadbStore): Promise<StoreState> {
  const sessions = `SELECT 'sessions', COUNT(*) - 1 FROM information_schema.PROCESSLIST WHERE USER = '${administrator.user}'`;
  const { stdout } = await run(
    'mariadb',
    [
      '--no-defaults',
      '--protocol=tcp',
      `--host=${address.host}`,
      `--port=${address.port}`,
      `--user=${administrator.user}`,
      '--skip-ssl',
      '--batch',
      '--skip-column-names',
      `--execute=SHOW GLOBAL VARIABLES; ${sessions}`,
    ],
    { ...options, env: { PATH: process.env['PATH'], MYSQL_PWD: administrator.password } },
  );
  return new Map(stdout.split('\n').map((line) => pairOf(line.split('\t'))));
}

/** All settings. A paused server does not answer. */
async function redisState({ address, account }: RedisStore): Promise<StoreState> {
  const login = account === undefined ? [] : ['--user', account.user, '--no-auth-warning'];
  const { stdout } = await run(
    'redis-cli',
    ['-h', address.host, '-p', String(address.port), ...login, 'CONFIG', 'GET', '*'],
    {
      ...options,
      env: {
        PATH: process.env['PATH'],
        ...(account === undefined ? {} : { REDISCLI_AUTH: account.password }),
      },
    },
  );
  const lines = stdout.split('\n');
  return new Map(lines.flatMap((line, index) => (index % 2 === 0 ? [pairOf([line, lines[index + 1]])] : [])));
}

/** The policies, the memory limit and the alarms. */
async function rabbitmqState({ control }: RabbitmqStore): Promise<StoreState> {
  if (control === undefined) throw new Error('this node cannot be asked');
  const { program, home, address } = control;
  const question =
    '{rabbit_policy:list(), vm_memory_monitor:get_vm_memory_high_watermark(), rabbit_alarm:get_alarms()}';
  const child = run(program, ['-address', `${address.host}:${address.port}`, '-r', '-timeout', '3', '-e'], {
    ...options,
    env: { HOME: home, PATH: process.env['PATH'] },
  });
  child.child.stdin?.end(`${question}.\n`);
  return new Map([['policies, memory limit, alarms', (await child).stdout.replaceAll(/\s+/g, ' ')]]);
}

function pairOf([name = '', value = '']: readonly (string | undefined)[]): readonly [string, string] {
  return [name, value];
}
