import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Address, acceptsConnections, leasePort, pollUntil } from '@stormcart/core';
import { addressText, parseAddress } from '../src/proxy/address.ts';
import { ControlClient } from '../src/proxy/control-client.ts';

/** A proxy in a process of its own, in front of the echo server. */
export interface Contender {
  readonly name: string;
  readonly address: Address;
  readonly pid: number;
  close(): Promise<void>;
}

const READY_TIMEOUT_MS = 10_000;
const PATH_OF = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** The bare pass-through. */
export async function startBare(upstream: Address): Promise<Contender> {
  const child = fork(PATH_OF('./bare-main.ts'), [upstream.host, String(upstream.port)]);
  const [address] = (await once(child, 'message')) as [{ readonly port: number }];
  return contenderOf('bare net', { host: '127.0.0.1', port: address.port }, child);
}

/** The fault proxy as drills start it, without a toxic. */
export async function startFaultProxy(upstream: Address): Promise<Contender> {
  const child = spawn(process.execPath, [PATH_OF('../src/proxy/main.ts'), '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { host, port } = JSON.parse(line) as Address;
  const control = new ControlClient({ host, port });
  const body = { name: 'bench', upstream: addressText(upstream) };
  const { listen } = await control.demand<{ readonly listen: string }>('POST', ['proxies'], { body });
  const address = parseAddress(listen);
  if (address === undefined) throw new Error(`no address: ${listen}`);
  return contenderOf('fault proxy', address, child);
}

/** HAProxy in TCP mode with one thread; undefined where it is not installed. */
export async function startHaproxy(upstream: Address): Promise<Contender | undefined> {
  if (!isInstalled('haproxy')) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'stormcart-haproxy-'));
  const lease = await leasePort();
  const file = join(folder, 'haproxy.cfg');
  await writeFile(
    file,
    `global
  nbthread 1
  maxconn 9000
defaults
  mode tcp
  timeout connect 10s
  timeout client 1h
  timeout server 1h
listen bench
  bind 127.0.0.1:${lease.port}
  server echo ${addressText(upstream)}
`,
  );
  // -db: in the foreground, with no worker process, so that its CPU time is this pid's.
  const child = spawn('haproxy', ['-db', '-q', '-f', file], { stdio: ['ignore', 'inherit', 'inherit'] });
  const address = { host: '127.0.0.1', port: lease.port };
  await pollUntil(() => acceptsConnections(address.host, address.port), {
    everyMs: 20,
    signal: AbortSignal.timeout(READY_TIMEOUT_MS),
  });
  const contender = contenderOf('HAProxy', address, child);
  return {
    ...contender,
    close: async () => {
      await contender.close();
      await lease.close();
      await rm(folder, { recursive: true });
    },
  };
}

function contenderOf(name: string, address: Address, child: ChildProcess): Contender {
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} did not start`);
  const ended = once(child, 'exit');
  return {
    name,
    address,
    pid,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
