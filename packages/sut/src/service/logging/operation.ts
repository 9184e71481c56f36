import { channel } from 'node:diagnostics_channel';
import { performance } from 'node:perf_hooks';

/** A call of a store, as metrics tell it apart; every member has few values. */
export type Operation =
  | { readonly kind: 'database'; readonly system: 'mariadb' | 'redis'; readonly name: string }
  | { readonly kind: 'messaging'; readonly name: 'send' | 'process'; readonly queue: string };

export interface EndedOperation {
  readonly operation: Operation;
  readonly seconds: number;
  /** Absent when it went well; a word of few, such as an error's code. */
  readonly errorType?: string;
}

/** Whoever measures listens here, so that no store's signature has to carry a meter. */
export const endedOperations = channel('stormcart.operation');

/** Runs a call and tells how long it took and whether it failed. */
export async function timeOperation<Result>(
  operation: Operation,
  run: () => Promise<Result>,
): Promise<Result> {
  const startedMs = performance.now();
  try {
    const result = await run();
    tellOperation(operation, startedMs);
    return result;
  } catch (error) {
    tellOperation(operation, startedMs, errorTypeOf(error));
    throw error;
  }
}

/** The same for a call whose end is no promise's; `startedMs` is of `performance.now()`. */
export function tellOperation(operation: Operation, startedMs: number, errorType?: string): void {
  if (!endedOperations.hasSubscribers) return;
  const seconds = (performance.now() - startedMs) / 1_000;
  const ended: EndedOperation = { operation, seconds, ...(errorType === undefined ? {} : { errorType }) };
  endedOperations.publish(ended);
}

function errorTypeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '_OTHER';
}
