import autocannon from 'autocannon';

export interface ClosedLoopOptions {
  readonly url: URL;
  readonly connections: number;
  readonly forMs: number;
  readonly timeoutMs: number;
  /** Ends it early; the result covers what was done until then. */
  readonly signal: AbortSignal;
}

/**
 * How much a system takes when each connection sends its next request as soon as the last was
 * answered. The load adapts to the system, so a stall hides most of its victims: good for finding
 * the ceiling, wrong for latency and availability. Hence the label, and no ledger.
 */
export interface ClosedLoopResult {
  readonly kind: 'closedLoop';
  readonly connections: number;
  readonly tookMs: number;
  readonly sent: number;
  readonly answered: number;
  /** Answers by class: `2xx`. */
  readonly statuses: Readonly<Record<'1xx' | '2xx' | '3xx' | '4xx' | '5xx', number>>;
  /** Connection errors, timeouts included. */
  readonly errors: number;
  readonly timeouts: number;
  readonly perSecondMean: number;
  /** From the actual send, whole milliseconds. */
  readonly latencyMs: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
}

/** Saturates a URL through autocannon. Rejects when it cannot even begin. */
export function runClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const { url, connections, forMs, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    let instance: autocannon.Instance | undefined;
    // autocannon calls back before it returns when its options are wrong.
    const stop = (): void => instance?.stop?.();
    instance = autocannon(
      {
        url: url.href,
        connections,
        // Both in whole seconds, as autocannon takes them.
        duration: Math.max(1, Math.round(forMs / 1_000)),
        timeout: Math.max(1, Math.ceil(timeoutMs / 1_000)),
      },
      (error: unknown, result) => {
        signal.removeEventListener('abort', stop);
        if (error instanceof Error) reject(error);
        else resolve(resultOf(result));
      },
    );
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function resultOf(result: autocannon.Result): ClosedLoopResult {
  const statuses = {
    '1xx': result['1xx'],
    '2xx': result['2xx'],
    '3xx': result['3xx'],
    '4xx': result['4xx'],
    '5xx': result['5xx'],
  };
  return {
    kind: 'closedLoop',
    connections: result.connections,
    tookMs: result.duration * 1_000,
    sent: result.requests.sent,
    answered: Object.values(statuses).reduce((sum, count) => sum + count, 0),
    statuses,
    errors: result.errors,
    timeouts: result.timeouts,
    perSecondMean: result.requests.mean,
    latencyMs: {
      p50: result.latency.p50,
      p90: result.latency.p90,
      p99: result.latency.p99,
      max: result.latency.max,
    },
  };
}
