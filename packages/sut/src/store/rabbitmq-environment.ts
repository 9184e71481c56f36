export interface RabbitmqPlace {
  /** Everything of this node lives below it. */
  readonly folder: string;
  readonly slimFolder: string;
  readonly amqpPort: number;
  readonly distributionPort: number;
  readonly epmdPort: number;
}

/** Fixed, because the node's data folder is named after it. */
const RABBITMQ_NODE = 'shop@localhost';

/**
 * What the package's own start script is told. As if under systemd it becomes the broker itself (exec), so the
 * child's pid is beam.smp's and a signal reaches it directly.
 */
export function rabbitmqEnvironment(place: RabbitmqPlace): Readonly<Record<string, string>> {
  const at = (name: string): string => `${place.folder}/${name}`;
  return {
    HOME: at('user'),
    ERL_EPMD_PORT: String(place.epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_NODENAME: RABBITMQ_NODE,
    RABBITMQ_NODE_PORT: String(place.amqpPort),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(place.distributionPort),
    RABBITMQ_MNESIA_BASE: at('data'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: at('rabbitmq.pid'),
    RABBITMQ_GENERATED_CONFIG_DIR: at('generated'),
    RABBITMQ_SCHEMA_DIR: at('schema'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: at('rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: at('no-such-file'),
    RABBITMQ_ADVANCED_CONFIG_FILE: at('advanced.config'),
    RABBITMQ_SERVER_CODE_PATH: place.slimFolder,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: ERLANG_ARGUMENTS.join(' '),
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}

const ERLANG_ARGUMENTS = [
  '-kernel inet_dist_use_interface {127,0,0,1}',
  '-start_epmd false',
  '-kernel net_ticktime 5',
  // One scheduler of each kind: the broker shares the machine with the rest of the shop.
  '+S 1:1 +SDcpu 1:1 +SDio 1 +A 1',
  // Tables for 65,536 processes and a million atoms instead of 1 and 5 million: 10 MB less, and sooner ready.
  '+P 65536 +t 1048576',
] as const;

/** Files that must be there before the start, by name below the node's folder. */
export function rabbitmqFiles(virtualHost: string): Readonly<Record<string, string>> {
  return {
    enabled_plugins: '[].\n',
    'rabbitmq-env.conf': '',
    'advanced.config': `${advancedConfig(virtualHost)}\n`,
  };
}

/** The virtual host is the only one: no client of another run could even name the right one by accident. */
function advancedConfig(virtualHost: string): string {
  return [
    '[{rabbit,[',
    `  {default_vhost,<<"${virtualHost}">>},`,
    '  {vm_memory_high_watermark,{absolute,268435456}},',
    '  {disk_free_limit,50000000}]},',
    // 8 MB instead of 256 MB: quorum queues write their log in files of this size.
    ' {ra,[{wal_max_size_bytes,8388608}]}].',
  ].join('\n');
}
