import { join } from 'node:path';
import { type BootContext, pollUntil, type SupervisedSpec } from '@stormcart/core';

export interface NodeProcess {
  /** `catalog/1` */
  readonly name: string;
  /** The script and what comes after it. */
  readonly args: readonly string[];
  readonly heapMb: number;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 once the process may be given work. */
  readonly readyUrl: string;
}

/** Often enough that it costs a boot nothing to speak of; each question takes a busy process about 1 ms. */
const POLL_MS = 50;
const PROBE_MS_MAX = 1_000;
/** A service waits for its stores, and those for a first template: 10 s on two busy cores, cold. */
const READY_MS_MAX = 60_000;
/** Its own limits are 5 s for what is in flight and as long for its stores; idle it takes some 100 ms. */
const STOP_MS_MAX = 5_000;
/** Long enough to be seen in a drill, short enough for a recovery within seconds. */
const RESTART_DELAY_MS = 300;

/**
 * Opens nothing. Should somebody ask for the inspector (SIGUSR1: a developer, or a fault), each process takes a free
 * port on loopback instead of quarrelling about 9229, and its address stays out of the log.
 */
const inspectorArguments = ['--inspect-port=127.0.0.1:0', '--inspect-publish-uid=http'];

/** How one of our own Node processes is run: on this very Node, with a bounded heap, and again whenever it ends. */
export function nodeProcessSpec(
  context: Pick<BootContext, 'dataFolder' | 'logFolder' | 'cacheFolder'>,
  { name, args, heapMb, env, readyUrl }: NodeProcess,
): SupervisedSpec {
  return {
    name,
    command: process.execPath,
    args: [`--max-old-space-size=${heapMb}`, ...inspectorArguments, ...args],
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      // Keeps the stripped and compiled sources for the next start: 0.22 instead of 0.37 s of CPU to load a service.
      NODE_COMPILE_CACHE: join(context.cacheFolder, 'compiled'),
      ...env,
    },
    workFolder: context.dataFolder,
    logFile: join(context.logFolder, `${name.replace('/', '-')}.log`),
    ready: (signal) => pollUntil(() => answersOk(readyUrl, signal), { everyMs: POLL_MS, signal }),
    readyTimeoutMs: READY_MS_MAX,
    restart: { kind: 'always', delayMs: RESTART_DELAY_MS },
    stopSignal: 'SIGTERM',
    stopTimeoutMs: STOP_MS_MAX,
  };
}

async function answersOk(url: string, signal: AbortSignal): Promise<boolean> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS_MAX)]);
  const response = await fetch(url, { signal: within });
  await response.arrayBuffer();
  return response.ok;
}
