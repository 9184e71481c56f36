import type { RequestHead } from '@stormcart/core';
import type { AccessLine } from '../access-log/access-log.ts';
import type { BackendPool } from '../route/backend-pool.ts';
import type { Route } from '../route/router.ts';
import type { ProxyContext } from './proxy-context.ts';

/** What became of a request. */
export type RequestEnd = Pick<
  AccessLine,
  'backend' | 'status' | 'requestBytes' | 'responseBytes' | 'retryCount' | 'failure'
>;

/** What is kept of a request from its first moment on, for the line that it leaves in the access log. */
export class RequestRecord {
  readonly requestId: string;
  /** The client's address. */
  readonly client: string;
  /** Absent for what could not be read as a request. */
  readonly #head: RequestHead | undefined;
  readonly #context: ProxyContext;
  readonly #startMs: number;
  readonly #startWallMs: number;
  #path: string | null = null;
  #route: Route<BackendPool> | undefined;

  constructor(context: ProxyContext, client: string, head: RequestHead | undefined) {
    this.#context = context;
    this.client = client;
    this.#head = head;
    this.requestId = context.requestIdFor(head?.headers.get('x-request-id'));
    this.#startMs = context.clock.now();
    this.#startWallMs = context.clock.wallMs();
  }

  /** How long the request has been here. */
  get heldMs(): number {
    return this.#context.clock.now() - this.#startMs;
  }

  /** Where it wants to go, and who answers that. */
  found(path: string, route: Route<BackendPool> | undefined): void {
    this.#path = path;
    this.#route = route;
  }

  /** Writes the access line and counts the request; the only place that does either. */
  close(end: RequestEnd): void {
    const { accessLog, counts } = this.#context;
    const line: AccessLine = {
      time: new Date(this.#startWallMs).toISOString(),
      requestId: this.requestId,
      client: this.client,
      method: this.#head?.method ?? null,
      path: this.#path,
      route: this.#route?.prefix ?? null,
      pool: this.#route?.pool.name ?? null,
      ...end,
      // Microseconds are as fine as the clock is worth.
      durationMs: Math.round(this.heldMs * 1_000) / 1_000,
    };
    accessLog.write(line);
    counts.add(line);
  }
}
