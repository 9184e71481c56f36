/**
 * A system of two services and a Redis, for drills: `stormcart run examples/short-links/slow-redis.yaml`. Everything that
 * Stormcart needs to know of a system is in this file; docs/own-system.md explains it piece by piece.
 */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type BootContext,
  leasePort,
  linkOf,
  pollUntil,
  type SupervisedChild,
  type SystemConfig,
  type SystemModule,
} from '@stormcart/core';
import { Redis } from 'ioredis';
import { linkJourneys } from './journeys.ts';
import { type LinkSnapshot, linksKept } from './links-kept.ts';

const webToLinks = linkOf('web', 'links');
const linksToRedis = linkOf('links', 'redis');
/** Links that are there before anybody comes. */
const FIRST_LINKS = 50;
/** Each is up within a second on a quiet machine. */
const READY_TIMEOUT_MS = 15_000;

const system: SystemModule = {
  name: 'short-links',
  options: { policies: { cache: { accepted: ['none', 'memory'], usual: 'memory' } } },
  describe: () => ({
    links: [webToLinks, linksToRedis],
    processes: ['web/1', 'links/1', 'redis'],
    journeys: linkJourneys([]),
  }),
  invariants: [linksKept],
  requirements: async () => [
    {
      name: 'redis-server',
      version: await redisVersion(),
      path: undefined,
      disables: 'the short-links example',
      packages: ['redis-server'],
    },
  ],
  boot,
};

export default system;

async function boot(config: SystemConfig, context: BootContext): ReturnType<SystemModule['boot']> {
  const host = '127.0.0.1';
  const leases = [await leasePort(), await leasePort(), await leasePort()];
  const [redisPort = 0, linksPort = 0, webPort = 0] = leases.map(({ port }) => port);
  const startedMs = performance.now();

  const redis = await startRedis(context, redisPort);
  const store = await context.interpose(linksToRedis, { host, port: redisPort });
  const links = await startService(context, 'links', linksPort, {
    REDIS_HOST: store.host,
    REDIS_PORT: String(store.port),
  });
  const behind = await context.interpose(webToLinks, { host, port: linksPort });
  const web = await startService(context, 'web', webPort, {
    LINKS_URL: `http://${behind.host}:${behind.port}`,
    CACHE: config.policies['cache'] ?? 'memory',
  });
  context.progress('services ready', performance.now() - startedMs);

  const entryUrl = `http://${host}:${webPort}`;
  const codes = await Promise.all(
    Array.from({ length: FIRST_LINKS }, (_, index) => createLink(entryUrl, index)),
  );
  return {
    entryUrl,
    processes: [redis, links, web],
    journeys: linkJourneys(codes),
    snapshot: () => readLinks(redisPort),
    close: async () => {
      for (const lease of leases) await lease.close();
    },
  };
}

async function startRedis({ supervisor, dataFolder, logFolder, signal }: BootContext, port: number) {
  const folder = `${dataFolder}/redis`;
  await mkdir(folder, { recursive: true });
  return supervisor.start({
    name: 'redis',
    command: 'redis-server',
    // What was acknowledged is on disk: killed and restarted, it has everything again.
    args: `--bind 127.0.0.1 --port ${port} --dir ${folder} --save  --appendonly yes --appendfsync always`.split(
      ' ',
    ),
    env: { PATH: process.env['PATH'] ?? '' },
    workFolder: folder,
    logFile: `${logFolder}/redis.log`,
    ready: (given) => untilAnswers(AbortSignal.any([given, signal]), () => ping(port)),
    readyTimeoutMs: READY_TIMEOUT_MS,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
    restart: { kind: 'always', delayMs: 200 },
  });
}

function startService(
  { supervisor, logFolder, signal }: BootContext,
  name: 'web' | 'links',
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<SupervisedChild> {
  return supervisor.start({
    name: `${name}/1`,
    command: process.execPath,
    args: [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))],
    env: { PORT: String(port), ...env },
    workFolder: logFolder,
    logFile: `${logFolder}/${name}-1.log`,
    ready: (given) =>
      untilAnswers(AbortSignal.any([given, signal]), async () => {
        const { status } = await fetch(`http://127.0.0.1:${port}/healthz`, {
          signal: AbortSignal.timeout(1_000),
        });
        return status === 204;
      }),
    readyTimeoutMs: READY_TIMEOUT_MS,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 2_000,
    restart: { kind: 'always', delayMs: 200 },
  });
}

function untilAnswers(signal: AbortSignal, isUp: () => Promise<boolean>): Promise<void> {
  return pollUntil(isUp, { everyMs: 50, signal });
}

async function ping(port: number): Promise<boolean> {
  return withRedis(port, async (redis) => (await redis.ping()) === 'PONG');
}

async function createLink(entryUrl: string, index: number): Promise<string> {
  const response = await fetch(`${entryUrl}/links`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: `https://example.org/first/${index}` }),
  });
  return ((await response.json()) as { readonly code: string }).code;
}

/** Straight from Redis, past every fault. */
function readLinks(port: number): Promise<LinkSnapshot> {
  return withRedis(port, async (redis) => {
    const codes = await redis.keys('*');
    const urls = codes.length === 0 ? [] : await redis.mget(codes);
    return Object.fromEntries(codes.map((code, index) => [code, urls[index] ?? '']));
  });
}

async function withRedis<Result>(port: number, use: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function redisVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('redis-server', ['--version']);
    return /v=([\d.]+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}
