import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Loaded before a service by `--import`: wraps the calls that leave the process, and kills it with SIGKILL at the one
 * that CRASH_POINT describes. The service itself knows nothing of it.
 */
export interface CrashPoint {
  readonly when: 'before' | 'after';
  /** Pattern of a statement, `publish <queue>`, `ack` or `POST <url>`. */
  readonly call: string;
  /** What the call, or the transaction that it is part of, must be about: an order's id or a key. */
  readonly about: string;
  /** Pattern of what the transaction must have done before. */
  readonly within?: string;
}

type Anything = Record<string, unknown>;
type Callback = (...results: unknown[]) => unknown;

const point = JSON.parse(process.env['CRASH_POINT'] ?? 'null') as CrashPoint | null;
if (point !== null) {
  wrapDatabase(point);
  wrapBroker(point);
  wrapProvider(point);
}

/** What one connection has done since its transaction began. */
const traces = new WeakMap<object, string>();

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function isHere(
  { when, call, about, within }: CrashPoint,
  now: CrashPoint['when'],
  name: string,
  trace: string,
): boolean {
  return (
    now === when &&
    new RegExp(call).test(name) &&
    trace.includes(about) &&
    (within === undefined || new RegExp(within).test(trace))
  );
}

function insideOf(name: string, ...path: readonly string[]): Anything {
  const require = createRequire(import.meta.url);
  return require(join(dirname(require.resolve(name)), ...path)) as Anything;
}

function wrapDatabase(crash: CrashPoint): void {
  const { prototype } = insideOf('mysql2', 'lib', 'base', 'connection.js') as { prototype: Anything };
  for (const method of ['query', 'execute']) {
    const original = prototype[method] as (...given: unknown[]) => unknown;
    prototype[method] = function wrapped(this: object, ...given: unknown[]): unknown {
      const { sql = '', values = [] } = (given[0] ?? {}) as { sql?: string; values?: unknown };
      const text = sql.trim();
      const earlier = text === 'START TRANSACTION' ? '' : (traces.get(this) ?? '');
      const trace = `${earlier}\n${text} ${JSON.stringify(values)}`;
      traces.set(this, trace);
      if (isHere(crash, 'before', text, trace)) die();
      const last = given.length - 1;
      const callback = given[last];
      if (typeof callback === 'function') {
        given[last] = (...results: unknown[]): unknown => {
          const seen = `${trace} ${JSON.stringify(results[1] ?? null)}`;
          traces.set(this, seen);
          if (isHere(crash, 'after', text, seen)) die();
          return (callback as Callback)(...results);
        };
      }
      return original.apply(this, given);
    };
  }
}

function wrapBroker(crash: CrashPoint): void {
  const { Channel, ConfirmChannel } = insideOf('amqplib', 'lib', 'channel_model.js') as Record<
    string,
    { prototype: Anything }
  >;
  const publisher = ConfirmChannel?.prototype ?? {};
  const publish = publisher['sendToQueue'] as (...given: unknown[]) => unknown;
  publisher['sendToQueue'] = function wrapped(this: object, ...given: unknown[]): unknown {
    const [queue, content, options, callback] = given as [string, Buffer, object, Callback];
    const text = content.toString();
    if (isHere(crash, 'before', `publish ${queue}`, text)) die();
    return publish.call(this, queue, content, options, (...results: unknown[]) => {
      if (isHere(crash, 'after', `publish ${queue}`, text)) die();
      callback(...results);
    });
  };
  const consumer = Channel?.prototype ?? {};
  const ack = consumer['ack'] as (...given: unknown[]) => unknown;
  consumer['ack'] = function wrapped(this: object, ...given: unknown[]): unknown {
    const [message] = given as [{ content: Buffer }];
    if (isHere(crash, 'before', 'ack', message.content.toString())) die();
    return ack.apply(this, given);
  };
}

function wrapProvider(crash: CrashPoint): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const name = `${init?.method ?? 'GET'} ${input instanceof Request ? input.url : input.toString()}`;
    const text = `${name} ${typeof init?.body === 'string' ? init.body : ''}`;
    if (isHere(crash, 'before', name, text)) die();
    const response = await original(input, init);
    if (isHere(crash, 'after', name, text)) die();
    return response;
  };
}
