import { AppError } from '@stormcart/core';
import { z } from 'zod';
import { algorithmNames } from '../algorithm/table.ts';

const milliseconds = (usual: number) => z.int().min(1).max(600_000).default(usual);
const count = (usual: number, max: number) => z.int().min(1).max(max).default(usual);
const host = z.string().min(1);
const address = z.strictObject({ host: host.default('127.0.0.1'), port: z.int().min(0).max(65_535) });

const backend = z.strictObject({
  /** `catalog/1` */
  name: z.string().min(1),
  host: host.default('127.0.0.1'),
  port: z.int().min(1).max(65_535),
  weight: count(1, 1_000),
});

const pool = z.strictObject({
  name: z.string().min(1),
  /** `/api/cart` stands for itself and everything below it, not for `/api/cartography`; the longest wins. */
  prefixes: z.array(z.string().regex(/^\/[^?#\s]*$/, 'must begin with / and hold no ?, # or space')).min(1),
  algorithm: z.enum(algorithmNames).default('round-robin'),
  /**
   * How long a request may wait for a connection to a back end that others have. A page is not worth more; in front of
   * what people would rather queue for than be sent away from, it is a waiting room.
   */
  waitMs: milliseconds(1_500),
  backends: z.array(backend).min(1),
});

const health = z.strictObject({
  path: z.string().startsWith('/').default('/readyz'),
  everyMs: milliseconds(500),
  timeoutMs: milliseconds(1_000),
  /** Good answers in a row that bring a back end back. */
  riseCount: count(2, 100),
  /** Bad ones that take it out: one slow answer on a busy machine must not. */
  fallCount: count(3, 100),
});

const limits = z.strictObject({
  /** Each holds a file descriptor and some kB; the usual `ulimit -n` is 1,024 to 1,048,576. */
  clientConnectionsMax: count(10_000, 1_000_000),
  /** Begun and not yet encrypted. Each costs about a millisecond: the usual bound is what clients wait for gladly. */
  handshakesMax: count(1_000, 1_000_000),
  /** Per back end. One Node process gains nothing from more at once, it only queues them where nobody sees. */
  upstreamConnectionsMax: count(256, 65_535),
  /** Requests that wait for one of those connections, as long as their pool lets them; beyond it shedding beats waiting. */
  waitingMax: count(512, 65_535),
  /** A JSON API's largest request is some kB. */
  bodyBytesMax: count(1024 * 1024, 1024 ** 4),
});

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\u0020-\u007e]*$/;

const answers = z.strictObject({
  /** Set on every answer, our own included, in place of what a back end says under the same name. */
  fields: z.record(z.string().regex(FIELD_NAME), z.string().regex(FIELD_VALUE)).default({}),
  /** Names of fields that are not passed on. */
  withheld: z.array(z.string().regex(FIELD_NAME)).default([]),
});

const timeouts = z.strictObject({
  /** From a request's first byte to the end of its head: bounds slow senders (408). */
  headMs: milliseconds(10_000),
  /** From a connection to its end of the TLS handshake. */
  handshakeMs: milliseconds(10_000),
  /** A client connection without a request. */
  idleMs: milliseconds(60_000),
  /** To get a connection to a back end; loopback needs microseconds, a retransmitted SYN one second. */
  connectMs: milliseconds(1_500),
  /** From the request's end to the first byte of the answer (504). */
  responseMs: milliseconds(10_000),
  /** A body that does not move, either way. */
  stallMs: milliseconds(30_000),
  /** An idle connection to a back end. Below Node's keepAliveTimeout of 5 s, so that we close first. */
  upstreamIdleMs: milliseconds(4_000),
  /** What is in flight at shutdown may take this long. */
  drainMs: milliseconds(5_000),
});

/** Everything a balancer needs; the defaults here are the only ones. */
export const balancerConfig = z
  .strictObject({
    listen: address,
    /** PEM files; absent: plain HTTP. */
    tls: z.strictObject({ certificateFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
    /** Health, metrics and back-end states; absent: not served. */
    admin: address.optional(),
    pools: z.array(pool).min(1),
    /** `off`: back ends are taken for healthy until they refuse a connection. */
    health: z.union([z.literal('off'), health]).prefault({}),
    /** How long a back end that refused a connection, or closed a fresh one unanswered, stays out at least. */
    ejectionMs: milliseconds(1_000),
    /** Whether X-Forwarded-For that a client sends is believed (then it is extended, and ip-hash uses it). */
    trustsForwardedFor: z.boolean().default(false),
    answers: answers.prefault({}),
    limits: limits.prefault({}),
    timeouts: timeouts.prefault({}),
    accessLog: z
      .strictObject({
        /** Lines that wait for a slow sink: about 3 MB. Beyond it lines are dropped and counted. */
        linesMax: count(10_000, 1_000_000),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const report = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    const names = new Set<string>();
    const prefixes = new Set<string>();
    for (const [poolIndex, one] of config.pools.entries()) {
      for (const [index, { name }] of one.backends.entries()) {
        if (names.has(name)) report(['pools', poolIndex, 'backends', index, 'name'], `${name} is used twice`);
        names.add(name);
      }
      for (const [index, prefix] of one.prefixes.entries()) {
        if (prefixes.has(prefix)) report(['pools', poolIndex, 'prefixes', index], `${prefix} is used twice`);
        prefixes.add(prefix);
      }
    }
  });

export type BalancerConfig = z.output<typeof balancerConfig>;
/** What may be written: everything with a default may be left out. */
export type BalancerConfigInput = z.input<typeof balancerConfig>;

/** Throws `BAD_CONFIG` with every issue on its own line. */
export function parseBalancerConfig(value: unknown): BalancerConfig {
  const parsed = balancerConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new AppError<'BAD_CONFIG'>({
    kind: 'usage',
    code: 'BAD_CONFIG',
    message: `the balancer's configuration is wrong:\n${lines.join('\n')}`,
    details: { issues: lines },
  });
}
