import type { Operation, RequestOutcome } from '@stormcart/core';

/** One planned request after it ended. All times in milliseconds since the run's zero, with a fraction. */
export interface Sample {
  /** What it was sent with as `X-Request-Id`; absent when it never was. */
  readonly requestId?: string;
  readonly journey: string;
  readonly route: string;
  readonly outcome: RequestOutcome;
  /** When the plan said that it is due; gated latency counts from here. */
  readonly intendedMs: number;
  /**
   * When it was handed to a connection, open or being opened: waiting for the system to accept a
   * connection is the system's time, not the generator's. Undefined when it never was.
   */
  readonly sentMs: number | undefined;
  readonly endedMs: number;
  /** The status of a complete answer. */
  readonly status: number | undefined;
}

/** Where the driver puts what it sees. Called synchronously for every request, so it must be quick and not throw. */
export interface LoadSink {
  sample(sample: Sample): void;
  /** In order of completion. */
  operation(operation: Operation): void;
}
