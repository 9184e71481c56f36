import { randomUUID } from 'node:crypto';
import { AppError, type Clock, messageOf } from '@stormcart/core';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type { Logger } from 'pino';
import { clientAddress } from './client-address.ts';
import { isTransactionConflict, isUnavailable } from './database/failure.ts';
import { TRACE_HEADER } from './logging/trace.ts';
import { asPartOf, beginWork, REQUEST_ID_HEADER, type Work, workFields } from './logging/work.ts';
import type { Metrics } from './metrics.ts';
import type { Overload } from './overload/overload.ts';
import { type Answer, problem } from './problem.ts';
import type { Readiness } from './readiness.ts';
import type { Call, Route } from './route.ts';

export interface ApplicationParts {
  readonly routes: readonly Route[];
  readonly readiness: Readiness;
  readonly overload: Overload;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
}

/** The largest honest body, an order of 20 items, is about 1 KiB. */
const BODY_LIMIT_BYTES = 16_384;
/** A caller's id is kept when it is safe in a log and a header. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;
const UNMATCHED = 'unmatched';
const ORDER_PATH = /^\/api\/orders\/([0-9a-f-]{36})(?:\/|$)/i;

/** The HTTP face of a service: probes, routes, and problem details for everything else. */
export function createApplication(parts: ApplicationParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  addProbes(app, parts);
  app.use((request, response, next) => {
    const work = beginWork(idOf(request), request.get(TRACE_HEADER));
    response.locals['work'] = work;
    response.setHeader(REQUEST_ID_HEADER, work.requestId);
    // Prices, stock and all that is a customer's are right for one moment and often for one reader only.
    response.setHeader('cache-control', 'no-store');
    observe(request, response, parts);
    const refusal = parts.overload.enter(request, response);
    if (refusal === undefined) next();
    else write(response, refusal);
  });
  // Compressed bodies are refused: at this size they save nothing, and unpacking can be made to cost a lot.
  app.use(express.json({ limit: BODY_LIMIT_BYTES, inflate: false }));
  for (const route of parts.routes) {
    app[route.method](route.path, async (request, response) => {
      response.locals['route'] = route.path;
      const call = callOf(request, response, parts.log);
      const handle = () => parts.overload.run(route, response, () => route.handle(request, call));
      write(response, await asPartOf(workOf(response), handle));
    });
  }
  app.use((request, response) => {
    write(response, problem('not-found', `${request.method} ${request.path} is not served here.`));
  });
  app.use(answerError(parts.log));
  return app;
}

function addProbes(app: Express, { readiness, metrics }: ApplicationParts): void {
  app.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });
  app.get('/readyz', (_request, response) => {
    const isReady = readiness.isReady();
    response.status(isReady ? 200 : 503).json({ isReady, missing: readiness.missing() });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

function idOf(request: Request): string {
  const given = request.get(REQUEST_ID_HEADER);
  return given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
}

function callOf(request: Request, response: Response, log: Logger): Call {
  const { requestId } = workOf(response);
  const address = clientAddress(request.get('x-forwarded-for'), request.socket.remoteAddress);
  return { headers: request.headers, requestId, clientAddress: address, log };
}

function workOf(response: Response): Work {
  return response.locals['work'] as Work;
}

function observe(request: Request, response: Response, { metrics, log, clock }: ApplicationParts): void {
  const startedMs = clock.now();
  response.once('close', () => {
    const tookMs = clock.now() - startedMs;
    const route = (response.locals['route'] as string | undefined) ?? UNMATCHED;
    metrics.observeRequest(route, request.method, response.statusCode, tookMs / 1_000);
    const line = {
      ...workFields(workOf(response)),
      ...orderNamed(request, response),
      method: request.method,
      route,
      status: response.statusCode,
      tookMs: Math.round(tookMs * 10) / 10,
      ...(response.writableFinished ? {} : { isAbandoned: true }),
    };
    log.info(line, 'request');
  });
}

/** The order that the line is to be found by: the one in the path, or the one that the answer names. */
function orderNamed(request: Request, response: Response): { readonly orderId?: string } {
  const named: unknown = response.locals['orderId'];
  if (typeof named === 'string') return { orderId: named };
  const inPath = ORDER_PATH.exec(request.path)?.[1];
  return inPath === undefined ? {} : { orderId: inPath.toLowerCase() };
}

function write(response: Response, answer: Answer): void {
  // The caller may have gone, or an error came after the head: nothing more can be said.
  if (response.headersSent) return;
  response.status(answer.status);
  switch (answer.kind) {
    case 'empty':
      response.end();
      return;
    case 'json':
      response.locals['orderId'] = (answer.body as { readonly orderId?: unknown } | null)?.orderId;
      send(response, answer, 'application/json; charset=utf-8');
      return;
    case 'problem':
      send(response, answer, 'application/problem+json; charset=utf-8');
      return;
  }
}

/** What express's `json` does, without looking for what this face never has: tags, callbacks, other encodings. */
function send(
  response: Response,
  { body, headers = {} }: Exclude<Answer, { readonly kind: 'empty' }>,
  type: string,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const text = JSON.stringify(body);
  response.setHeader('content-type', type);
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

/** Express tells an error handler by its four parameters. */
function answerError(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const answer = answerFor(error);
    if (answer.status >= 500) {
      const isUnexpected = answer.status === 500;
      log[isUnexpected ? 'error' : 'warn'](
        { ...workFields(workOf(response)), ...describe(error, isUnexpected) },
        'request failed',
      );
    }
    write(response, answer);
  };
}

/** What a caller may learn of an error: never its stack nor a store's own words. */
export function answerFor(error: unknown): Answer {
  if (isBodyError(error)) {
    if (error.type === 'entity.too.large') {
      return problem('body-too-large', `A body may have ${BODY_LIMIT_BYTES} bytes.`);
    }
    return problem('malformed-body', 'The body could not be read as JSON.');
  }
  // A path such as /%ff cannot be decoded.
  if (error instanceof URIError) return problem('invalid-request', 'The path could not be decoded.');
  if (error instanceof AppError && error.code === 'DEADLINE_PASSED') {
    return problem('deadline-passed', 'Nothing more was begun for it. Ask before trying again.');
  }
  if (isUnavailable(error) || isTransactionConflict(error)) {
    return problem('store-unavailable', 'The change may or may not have been made. Ask before trying again.');
  }
  return problem('internal', 'The error was logged with this request id.');
}

function isBodyError(error: unknown): error is { readonly type: string } {
  if (typeof error !== 'object' || error === null || !('type' in error) || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}

function describe(error: unknown, isUnexpected: boolean): Readonly<Record<string, unknown>> {
  return {
    reason: messageOf(error),
    ...(error instanceof AppError ? { code: error.code } : {}),
    // Only of what nobody expected: a store that is away, or a deadline that a client set, is no fault in the code.
    ...(isUnexpected && error instanceof Error ? { stack: error.stack } : {}),
  };
}
