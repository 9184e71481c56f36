import type { PickRequest } from '../algorithm/algorithm.ts';
import type { Backend } from '../backend/backend.ts';
import type { Acquirer } from '../backend/connection-pool.ts';
import type { UpstreamConnection } from '../backend/upstream-connection.ts';
import type { BackendPool } from '../route/backend-pool.ts';
import type { RetryAllowance } from './retry-allowance.ts';

/** Whose request is placed. */
export interface PlacementOwner {
  /** The request goes on this connection. Possibly before `seek` returns. */
  onPlaced(connection: UpstreamConnection, backend: Backend): void;
  /** Nobody takes it; nothing of it was sent. */
  onUnplaced(problem: 'no-backend' | 'overloaded', detail: string): void;
  expectProgressWithin(ms: number): void;
}

export interface PlacementOptions {
  readonly pool: BackendPool;
  readonly request: PickRequest;
  readonly retries: RetryAllowance;
  /** How long a connection may take to be made. */
  readonly connectMs: number;
  readonly owner: PlacementOwner;
}

/** Finds one request a back end and a connection to it, and another where the first is of no use. */
export class Placement implements Acquirer {
  readonly #options: PlacementOptions;
  readonly #tried: Backend[] = [];
  #backend: Backend | undefined;
  #backendName: string | null = null;

  constructor(options: PlacementOptions) {
    this.#options = options;
  }

  /** The back end that has the request, or is to have it. */
  get backend(): Backend | undefined {
    return this.#backend;
  }

  /** The last one that had it, for the log. */
  get backendName(): string | null {
    return this.#backendName;
  }

  seek(): void {
    const { pool, request, owner } = this.#options;
    const backend = pool.pick(request, this.#tried);
    if (backend === undefined) {
      owner.onUnplaced('no-backend', `no instance of ${pool.name} is in rotation`);
      return;
    }
    this.#backend = backend;
    this.#backendName = backend.name;
    backend.inFlight += 1;
    backend.requestCount += 1;
    backend.connections.acquire(this);
  }

  /** The back end is done with, however it went. */
  leave(): void {
    if (this.#backend !== undefined) this.#backend.inFlight -= 1;
    this.#backend = undefined;
  }

  /** Nobody needs a connection any more that has not come. */
  cancel(): void {
    this.#backend?.connections.cancel(this);
  }

  /** What was waited for has not come in time. */
  onDeadline(): void {
    if (this.#backend?.connections.cancel(this) === 'waiting') {
      this.#options.owner.onUnplaced('overloaded', 'no connection to the service came free in time');
    } else {
      this.#backend?.refuse();
      this.onRefused('the connection was not accepted in time');
    }
  }

  /**
   * It took a fresh connection and closed it unanswered. So does whatever stands in front of a dead
   * process (a proxy, a container's port), where the process itself would refuse; so it is ejected in
   * the same way. False when nobody else is left, and when the request must not move.
   */
  leaveSuspect(mayMove: boolean): boolean {
    const [backend, { pool, retries }] = [this.#backend, this.#options];
    if (backend === undefined || !pool.hasBackend([...this.#tried, backend])) return false;
    backend.suspect();
    this.#tried.push(backend);
    return mayMove && retries.takeForMove();
  }

  onConnecting(): void {
    this.#options.owner.expectProgressWithin(this.#options.connectMs);
  }

  onWaiting(): void {
    this.#options.owner.expectProgressWithin(this.#options.pool.waitMs);
  }

  onAcquired(connection: UpstreamConnection): void {
    if (this.#backend !== undefined) this.#options.owner.onPlaced(connection, this.#backend);
  }

  onRefused(reason: string): void {
    const { retries, owner } = this.#options;
    this.#giveUpOnBackend();
    if (retries.takeForMove()) this.seek();
    else owner.onUnplaced('no-backend', `no instance accepted a connection (${reason})`);
  }

  onSaturated(): void {
    const { pool, retries, owner } = this.#options;
    this.#giveUpOnBackend();
    // Nothing was sent, so one of the others may have it; where all are full, waiting would only hide that.
    if (pool.hasBackend(this.#tried) && retries.takeForMove()) this.seek();
    else owner.onUnplaced('overloaded', 'too many requests wait for the service already');
  }

  #giveUpOnBackend(): void {
    if (this.#backend !== undefined) this.#tried.push(this.#backend);
    this.leave();
  }
}
