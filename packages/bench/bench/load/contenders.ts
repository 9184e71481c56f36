import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isInstalled } from '../installed.ts';
import type { ClientOrder, ClientResult } from './client.ts';

const run = promisify(execFile);
const CLIENT = fileURLToPath(new URL('./client-main.ts', import.meta.url));
/** A slice and its warm-up take some ten seconds; a client that hangs must not keep the others waiting. */
const SLICE_MS_MAX = 60_000;

/** One client of the comparison. */
export interface Contender {
  readonly name: string;
  /** Whether it keeps the rate; the others are as quick as the server lets them. */
  readonly keepsRate: boolean;
  run(slice: Omit<ClientOrder, 'kind'>): Promise<ClientResult>;
}

export async function findContenders(): Promise<readonly Contender[]> {
  const ours = (['open loop', 'autocannon at rate', 'closed loop', 'bare', 'undici'] as const).map(
    nodeClient,
  );
  return (await isInstalled('wrk')) ? [...ours, wrk] : ours;
}

const NAMES = {
  'open loop': 'open loop, ours',
  'autocannon at rate': 'autocannon, overallRate',
  'closed loop': 'closed loop (autocannon)',
  bare: 'bare sockets, same schedule',
  undici: 'undici dispatch',
} as const;

const RATED: ReadonlySet<ClientOrder['kind']> = new Set(['open loop', 'bare', 'autocannon at rate']);

function nodeClient(kind: ClientOrder['kind']): Contender {
  return {
    name: NAMES[kind],
    keepsRate: RATED.has(kind),
    run: async (slice) => {
      const order: ClientOrder = { kind, ...slice };
      const { stdout } = await run(process.execPath, [CLIENT, JSON.stringify(order)], {
        timeout: SLICE_MS_MAX,
      });
      return JSON.parse(stdout) as ClientResult;
    },
  };
}

/** In C, on epoll: the floor that the kernel sets. Its CPU time is read from the shell that started it. */
const wrk: Contender = {
  name: 'wrk',
  keepsRate: false,
  run: async ({ url, forMs, connections }) => {
    const seconds = Math.max(1, Math.round(forMs / 1_000));
    const script = `wrk -t 1 -c ${connections} -d ${seconds}s '${url}'; times`;
    const { stdout } = await run('bash', ['-c', script], { timeout: SLICE_MS_MAX });
    return { requests: requestsOf(stdout), cpuUs: childrenCpuUs(stdout) };
  },
};

function requestsOf(output: string): number {
  const count = /^\s*(\d+) requests in /m.exec(output)?.[1];
  if (count === undefined) throw new Error(`wrk said nothing of requests: ${output}`);
  return Number(count);
}

/** The last line of `times` is the children's user and system time: `0m1.234s 0m0.567s`. */
function childrenCpuUs(output: string): number {
  const last = output.trim().split('\n').at(-1) ?? '';
  const times = [...last.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`no CPU times in ${last}`);
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60e6 + Number(seconds) * 1e6, 0);
}
