import { createServer, type Server } from 'node:http';
import { type Clock, defaultHttp1Limits, messageOf, systemClock } from '@stormcart/core';
import type { Logger } from 'pino';
import { createApplication } from './application.ts';
import { type Environment, type FrameEnvironment, frameVariables, readEnvironment } from './environment.ts';
import { createLog, type LogOwner, openLogOutput } from './log.ts';
import type { LineBuffer } from './logging/line-buffer.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOverload } from './overload/overload.ts';
import { showOverload } from './overload/overload-metrics.ts';
import { type NeededStore, watchReadiness } from './readiness.ts';
import type { Route } from './route.ts';

/**
 * More than the front lets through, with room for what it adds: the bound is the front's, whose 431 has problem details
 * where Node's has no body.
 */
const HEADER_BYTES_MAX = defaultHttp1Limits.headBytesMax + 8_192;

/** What the frame hands to a service. */
export interface ServiceContext {
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** What makes one service differ from another. */
export interface ServiceParts {
  readonly routes: readonly Route[];
  readonly stores: readonly NeededStore[];
  /** Ends background work and connections, in the right order. Called after the last request. */
  close(): Promise<void>;
}

/** In-flight requests have this long to end after SIGTERM, then closing the stores has as long again at most. */
const DRAIN_MS = 5_000;
/** The last lines have this long to leave; nobody may be reading them. */
const LAST_LINES_MS = 500;
/** Longer than a balancer keeps an idle connection: the side that reuses must be the side that closes. */
const KEEP_ALIVE_MS = 75_000;
/** No honest request takes half of it to send. */
const REQUEST_RECEIVE_MS = 10_000;

/**
 * Runs a service until SIGTERM or SIGINT. `variables` is what it reads of its environment; a bad one, or an error
 * nobody caught, ends it with exit code 1 and a last line in the log.
 */
export function runService<Variables extends typeof frameVariables>(
  variables: Variables,
  build: (environment: Environment<Variables>, context: ServiceContext) => ServiceParts,
): void {
  let owner: LogOwner = { SHOP_SERVICE: 'unknown', SHOP_INSTANCE: 0 };
  const output = openLogOutput(() => owner);
  let log = createLog(owner, output);
  const die = (error: unknown): void => {
    log.fatal(
      { reason: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
      'crashed',
    );
    output.flushNow();
    process.exit(1);
  };
  process.on('unhandledRejection', die);
  process.on('uncaughtException', die);

  const environment = readEnvironment(variables);
  const frame: FrameEnvironment = readEnvironment(frameVariables);
  owner = frame;
  log = createLog(frame, output);
  serve(frame, { log, output }, (context) => build(environment, context), die);
}

function serve(
  environment: FrameEnvironment,
  { log, output }: { readonly log: Logger; readonly output: LineBuffer },
  build: (context: ServiceContext) => ServiceParts,
  die: (error: unknown) => void,
): void {
  const clock = systemClock;
  const metrics = createMetrics();
  metrics.showLog(output);
  const parts = build({ log, clock, metrics });
  const stopping = new AbortController();
  const readiness = watchReadiness(parts.stores, log, clock, stopping.signal);
  const overload = createOverload(environment.SHOP_POLICY_OVERLOAD, clock);
  showOverload(metrics, overload);
  const app = createApplication({ routes: parts.routes, readiness, overload, metrics, log, clock });
  const options = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_RECEIVE_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
  };
  const server = createServer(options, app);
  server.on('error', die);
  server.listen(environment.SHOP_PORT, '127.0.0.1', () =>
    log.info({ port: environment.SHOP_PORT }, 'listening'),
  );

  const stop = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    overload.close();
    readiness.leave();
    log.info({ signal }, 'stopping');
    drain(server, clock)
      .then(() => Promise.race([parts.close(), clock.sleep(DRAIN_MS)]))
      .then(() => {
        log.info('stopped');
        return Promise.race([output.flush(), clock.sleep(LAST_LINES_MS)]);
      })
      .then(() => process.exit(0))
      .catch(die);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Stops listening and waits for requests under way; what is left after the time is cut. */
function drain(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(DRAIN_MS, () => server.closeAllConnections());
    // Answers from now on close their connection; idle ones are closed at once.
    server.keepAliveTimeout = 1;
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
