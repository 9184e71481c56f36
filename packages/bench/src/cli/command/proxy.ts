import { readFile } from 'node:fs/promises';
import {
  type FaultProxyServer,
  type ProxyEvent,
  type ProxyJson,
  parseAddress,
  serveFaultProxy,
} from '@stormcart/chaos';
import { type Address, AppError, messageOf } from '@stormcart/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../command-line.ts';
import { wholeNumber } from '../flag-value.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  readonly listen: Address;
  readonly config?: string;
  readonly seed: number;
  readonly json?: true;
}

/** Toxiproxy's: its clients look there unless they are told otherwise. */
const USUAL_LISTEN = '127.0.0.1:8474';

export function addProxy(program: Command, context: CommandContext): void {
  program
    .command('proxy')
    .description(
      "the fault proxy on its own until Ctrl-C: TCP proxies with toxics, through Toxiproxy's HTTP API",
    )
    .addOption(
      // The help shows the usual value as it would be typed.
      new Option('--listen <host:port>', 'where the API listens')
        .argParser(listenValue)
        .default(listenValue(USUAL_LISTEN), USUAL_LISTEN),
    )
    .option('--config <file>', "proxies to begin with, in Toxiproxy's populate JSON")
    .option(
      '--seed <number>',
      'seed of which connections a toxic with a toxicity below 1 meets',
      wholeNumber,
      0,
    )
    .option('--json', 'print the addresses as one JSON document')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => runProxy(options, context));
}

const EXAMPLES = `
Examples:
  stormcart proxy
  curl -d '{"name": "redis", "listen": "127.0.0.1:26379", "upstream": "127.0.0.1:6379"}' 127.0.0.1:8474/proxies
  curl -d '{"type": "latency", "attributes": {"latency": 200, "jitter": 50}}' 127.0.0.1:8474/proxies/redis/toxics
  curl -X DELETE 127.0.0.1:8474/proxies/redis/toxics/latency_downstream
  curl -d '{"enabled": false, "ttl": 5000}' 127.0.0.1:8474/proxies/redis    down for five seconds

  stormcart proxy --config proxies.json    where proxies.json holds
  [{"name": "redis", "listen": "127.0.0.1:26379", "upstream": "127.0.0.1:6379"},
   {"name": "mariadb", "listen": "127.0.0.1:23306", "upstream": "unix:/run/mysqld/mysqld.sock"}]

Toxics, with their attributes (times in ms, the slicer's delay in µs):
  latency latency, jitter · bandwidth rate (KB/s) · slow_close delay · timeout timeout · reset_peer timeout
  slicer average_size, size_variation, delay · limit_data bytes · corrupt byte_share · down · noop
Beside Toxiproxy's fields: ttl (ms) on a toxic, a proxy or a change of one ends it by itself; scope all, new or
existing on a toxic; toxics in a new proxy; GET /proxies/NAME/connections for hits by connection.

Every Toxiproxy client works with it. It is not protected: whoever reaches the API can break the links.`;

async function runProxy(options: Options, { terminal, signal }: CommandContext): Promise<void> {
  const { listen, seed, config } = options;
  // Read first: a file that is not there should not cost a look at the port.
  const text = config === undefined ? undefined : await readConfig(config);
  const server = await serveFaultProxy({
    listen,
    seed: String(seed),
    onEvent: (event) => terminal.message(eventText(event)),
  });
  try {
    const proxies = text === undefined ? [] : await populate(server, text, config ?? '');
    show(options, server.address, proxies, terminal);
    terminal.message(`speaking Toxiproxy's API on http://${hostText(server.address)}; Ctrl-C ends it`);
    await untilAborted(signal);
  } finally {
    await server.close();
  }
  signal.throwIfAborted();
}

async function readConfig(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const message = `cannot read the proxies in ${file}: ${messageOf(cause)}`;
    throw new AppError({ kind: 'usage', code: 'NO_CONFIG', message, cause });
  }
}

async function populate(server: FaultProxyServer, text: string, file: string): Promise<readonly ProxyJson[]> {
  try {
    return await server.populate(text);
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    const { kind, code, message, hint } = cause;
    throw new AppError({ kind, code, message: `${file}: ${message}`, ...(hint && { hint }), cause });
  }
}

function show({ json }: Options, address: Address, proxies: readonly ProxyJson[], terminal: Terminal): void {
  const api = hostText(address);
  if (json === true) {
    terminal.data(JSON.stringify({ api, proxies }, null, 2));
    return;
  }
  terminal.data(`api ${api}`);
  for (const { name, listen, upstream } of proxies) terminal.data(`${name} ${listen} -> ${upstream}`);
}

function eventText(event: ProxyEvent): string {
  switch (event.kind) {
    case 'proxyAdded':
      return `${event.proxy}: listens on ${event.listen} for ${event.upstream}`;
    case 'proxyRemoved':
      return `${event.proxy}: ${event.why}`;
    case 'proxyChanged':
      return `${event.proxy}: ${event.enabled ? 'enabled' : 'disabled'}, ${event.listen} for ${event.upstream} (${event.why})`;
    case 'toxicAdded':
      return `${event.proxy}: toxic ${event.toxic} added`;
    case 'toxicChanged':
      return `${event.proxy}: toxic ${event.toxic} changed`;
    case 'toxicEnded': {
      const { connections, chunks } = event.hits;
      return `${event.proxy}: toxic ${event.toxic} ${event.why}, after ${connections} connections and ${chunks} chunks`;
    }
  }
}

function hostText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function listenValue(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined)
    throw new InvalidArgumentError(`an address such as ${USUAL_LISTEN} or [::1]:8474`);
  return address;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
