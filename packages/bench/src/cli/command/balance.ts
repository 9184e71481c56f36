import {
  type AlgorithmName,
  algorithmNames,
  type BalancerConfigInput,
  createBalancer,
  descriptorSink,
  readBalancerConfig,
} from '@stormcart/balancer';
import { type Address, AppError } from '@stormcart/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { plural } from '../../report/format.ts';
import type { CommandContext } from '../command-line.ts';
import { listenAddress } from '../flag-value.ts';

interface BackendFlag extends Address {
  readonly weight: number | undefined;
}

interface Options {
  readonly listen: Address;
  readonly backend: readonly BackendFlag[];
  readonly algorithm?: AlgorithmName;
  readonly health?: string;
  readonly admin?: Address;
}

const STDOUT = 1;
const USUAL_LISTEN = '127.0.0.1:8080';
const OF_A_FILE = ['listen', 'backend', 'algorithm', 'health', 'admin'] as const;

export function addBalance(program: Command, context: CommandContext): void {
  const command = program
    .command('balance')
    .description('the balancer on its own until Ctrl-C, from a file or from flags; access lines on stdout')
    .argument('[config]', 'its JSON file, which then says everything')
    .addOption(
      new Option('--listen <host:port>', 'where clients send requests')
        .argParser(listenAddress)
        .default(listenAddress(USUAL_LISTEN), USUAL_LISTEN),
    )
    .option('--backend <url>', 'http://host:port, with ;weight=N if wanted; may be repeated', addBackend, [])
    .addOption(
      new Option(
        '--algorithm <name>',
        'how a back end is chosen; round-robin, weighted where weights are given',
      ).choices(algorithmNames),
    )
    .option(
      '--health <path>',
      'ask each back end for it; without it one counts as healthy until it refuses a connection',
    )
    .option('--admin <host:port>', 'serve /readyz, /metrics and /backends there', listenAddress)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: Options) => {
      const given = OF_A_FILE.filter((name) => command.getOptionValueSource(name) === 'cli');
      await balance(file === undefined ? configOf(options) : await configIn(file, given), context);
    });
}

const EXAMPLES = `
Exit codes: 130, 143 ended, after what was in flight · 2 wrong flags or file · 4 the address is taken

Examples:
  stormcart balance --backend http://127.0.0.1:9001 --backend http://127.0.0.1:9002 --health /readyz
  stormcart balance --listen 0.0.0.0:80 --backend "http://10.0.0.5:8080;weight=3" --backend http://10.0.0.6:8080
  stormcart balance balancer.json    with several pools, TLS, limits and timeouts
  {"listen": {"port": 8080}, "admin": {"port": 8081}, "pools": [{"name": "shop", "prefixes": ["/"],
   "backends": [{"name": "shop/1", "port": 9001}, {"name": "shop/2", "port": 9002}]}]}`;

async function balance(config: BalancerConfigInput, { terminal, signal }: CommandContext): Promise<void> {
  const balancer = await createBalancer({ config, logSink: descriptorSink(STDOUT) });
  const { address, adminAddress } = balancer;
  try {
    const scheme = config.tls === undefined ? 'http' : 'https';
    const admin = adminAddress === undefined ? '' : `, its state on http://${hostText(adminAddress)}`;
    terminal.message(
      `balancing ${plural(balancer.backends().length, 'back end')} on ${scheme}://${hostText(address)}${admin}; Ctrl-C ends it`,
    );
    await untilAborted(signal);
  } finally {
    await balancer.close();
  }
  const lost = balancer.droppedLineCount();
  if (lost > 0) terminal.message(`${plural(lost, 'access line')} could not be written`);
  signal.throwIfAborted();
}

async function configIn(file: string, given: readonly string[]): Promise<BalancerConfigInput> {
  const [flag] = given;
  if (flag !== undefined)
    throw usageError('TWO_CONFIGS', `--${flag} and ${file}: a file says everything`, 'Give one of them.');
  return readBalancerConfig(file);
}

function configOf({ listen, backend, algorithm, health, admin }: Options): BalancerConfigInput {
  if (backend.length === 0) {
    const hint = 'Give one, such as --backend http://127.0.0.1:9001, or a configuration file.';
    throw usageError('NO_BACKEND', 'a balancer needs a back end', hint);
  }
  const isWeighted = backend.some(({ weight }) => weight !== undefined);
  if (isWeighted && algorithm === 'round-robin') {
    const hint = `Choose another: ${algorithmNames.filter((name) => name !== algorithm).join(', ')}.`;
    throw usageError('WEIGHT_UNUSED', 'round-robin looks at no weight', hint);
  }
  return {
    listen,
    ...(admin === undefined ? {} : { admin }),
    health: health === undefined ? 'off' : { path: health },
    pools: [
      {
        name: 'all',
        prefixes: ['/'],
        algorithm: algorithm ?? (isWeighted ? 'weighted-round-robin' : 'round-robin'),
        backends: backend.map(({ weight, ...at }) => ({
          name: hostText(at),
          ...at,
          ...(weight === undefined ? {} : { weight }),
        })),
      },
    ],
  };
}

/** `http://127.0.0.1:9001`, `http://10.0.0.5;weight=3` */
function addBackend(text: string, before: readonly BackendFlag[]): readonly BackendFlag[] {
  const [, address = '', weight] = /^(.*?)(?:;weight=(\d{1,4}))?$/.exec(text) ?? [];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' || url.href !== `${url.origin}/` || Number(weight ?? 1) < 1) {
    throw new InvalidArgumentError('an address such as http://127.0.0.1:9001 or http://10.0.0.5;weight=3');
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? 80 : Number(url.port);
  return [...before, { host, port, weight: weight === undefined ? undefined : Number(weight) }];
}

function hostText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function usageError(code: string, message: string, hint: string): AppError {
  return new AppError({ kind: 'usage', code, message, hint });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
