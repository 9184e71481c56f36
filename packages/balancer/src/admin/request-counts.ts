/** What is counted of one finished request. */
interface FinishedRequest {
  readonly pool: string | null;
  readonly backend: string | null;
  /** Null when the client was told nothing. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly retryCount: number;
}

export interface RequestCount {
  readonly pool: string;
  readonly backend: string;
  /** `2xx`, `5xx`, `none`. */
  readonly statusClass: string;
  count: number;
  durationMsSum: number;
}

export interface RequestCounts {
  add(request: FinishedRequest): void;
  readonly retryCount: number;
  all(): readonly RequestCount[];
}

/** Finished requests by pool, back end and class of status: a handful of series, whatever clients send. */
export function createRequestCounts(): RequestCounts {
  const counts = new Map<string, RequestCount>();
  let retryCount = 0;
  return {
    add: (request) => {
      const [pool, backend] = [request.pool ?? '', request.backend ?? ''];
      const statusClass = request.status === null ? 'none' : `${Math.floor(request.status / 100)}xx`;
      const key = `${pool} ${backend} ${statusClass}`;
      let count = counts.get(key);
      if (count === undefined) {
        count = { pool, backend, statusClass, count: 0, durationMsSum: 0 };
        counts.set(key, count);
      }
      count.count += 1;
      count.durationMsSum += request.durationMs;
      retryCount += request.retryCount;
    },
    get retryCount() {
      return retryCount;
    },
    all: () => [...counts.values()],
  };
}
