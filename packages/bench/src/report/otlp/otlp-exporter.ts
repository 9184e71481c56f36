import { type Clock, messageOf, systemClock } from '@stormcart/core';
import type { OtlpSettings } from './otlp-settings.ts';

/** What became of the exports. */
export interface OtlpTally {
  readonly sentCount: number;
  readonly failedCount: number;
  /** Found no room while a collector was slow. */
  readonly droppedCount: number;
  /** Points that the collector refused though it took the export. */
  readonly rejectedPointsCount: number;
  /** What went wrong last. */
  readonly problem?: string;
}

/** Sends bodies to a collector, one after the other. Whatever a collector does, nobody waits for it but `close`. */
export interface OtlpExporter {
  /** Never waits and never throws. */
  export(body: string): void;
  /** Gives what is still waiting one timeout's time, all together. */
  close(): Promise<OtlpTally>;
}

/**
 * Bodies that may wait. Totals are cumulative, so the newest says all that older ones would have: when there is no
 * room, the oldest goes. Each is some tens of KiB.
 */
const QUEUE_MAX = 4;
/** A collector that restarts is back within some seconds; what is lost meanwhile the next export brings. */
const ATTEMPTS_MAX = 3;
const RETRY_AFTER_MS = 1_000;
/** OTLP/HTTP: these say "again later". */
const RETRYABLE_STATUSES: readonly number[] = [429, 502, 503, 504];
/** An answer is a few bytes; the rest of a longer one is not read. */
const ANSWER_BYTES_MAX = 65_536;

type Attempt =
  | { readonly kind: 'sent'; readonly rejectedPointsCount: number; readonly problem?: string }
  | { readonly kind: 'failed'; readonly problem: string; readonly isRetryable: boolean };

export function createOtlpExporter(settings: OtlpSettings, clock: Clock = systemClock): OtlpExporter {
  const queue: string[] = [];
  const ending = new AbortController();
  const tally = { sentCount: 0, failedCount: 0, droppedCount: 0, rejectedPointsCount: 0 };
  let problem: string | undefined;
  let working: Promise<void> | undefined;

  const deliver = async (body: string): Promise<void> => {
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(settings.timeoutMs)]);
    for (let attempt = 1; ; attempt += 1) {
      const result = await post(settings, body, signal);
      problem = result.problem ?? problem;
      if (result.kind === 'sent') {
        tally.sentCount += 1;
        tally.rejectedPointsCount += result.rejectedPointsCount;
        return;
      }
      const isWorthWaiting = result.isRetryable && attempt < ATTEMPTS_MAX;
      if (isWorthWaiting) await clock.sleep(RETRY_AFTER_MS, signal).catch(() => undefined);
      if (!isWorthWaiting || signal.aborted) {
        tally.failedCount += 1;
        return;
      }
    }
  };
  const work = async (): Promise<void> => {
    for (let body = queue.shift(); body !== undefined; body = queue.shift()) await deliver(body);
    working = undefined;
  };
  return {
    export: (body) => {
      if (ending.signal.aborted) return;
      if (queue.length === QUEUE_MAX) {
        queue.shift();
        tally.droppedCount += 1;
      }
      queue.push(body);
      working ??= work();
    },
    close: async () => {
      const timer = setTimeout(() => ending.abort(new Error('the drill is over')), settings.timeoutMs);
      await working;
      clearTimeout(timer);
      ending.abort(new Error('the drill is over'));
      return { ...tally, ...(problem === undefined ? {} : { problem }) };
    },
  };
}

async function post(
  { endpoint, headers }: OtlpSettings,
  body: string,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const answer = await fetch(endpoint, {
      method: 'POST',
      // Nothing is kept open between exports: a drill must be able to end.
      headers: { ...headers, 'Content-Type': 'application/json', Connection: 'close' },
      body,
      redirect: 'error',
      signal,
    });
    const text = await readStart(answer);
    if (answer.ok) return { kind: 'sent', ...partialSuccess(text) };
    const isRetryable = RETRYABLE_STATUSES.includes(answer.status);
    return { kind: 'failed', problem: `the collector answered ${answer.status}`, isRetryable };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { kind: 'failed', problem: messageOf(cause), isRetryable: true };
  }
}

async function readStart({ body }: Response): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of body) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    // Leaving the loop cancels the rest.
    if (text.length > ANSWER_BYTES_MAX) break;
  }
  return text;
}

function partialSuccess(text: string): { readonly rejectedPointsCount: number; readonly problem?: string } {
  try {
    const { partialSuccess: partial } = JSON.parse(text) as {
      readonly partialSuccess?: {
        readonly rejectedDataPoints?: string | number;
        readonly errorMessage?: string;
      };
    };
    const rejectedPointsCount = Number(partial?.rejectedDataPoints ?? 0) || 0;
    const message = partial?.errorMessage;
    return { rejectedPointsCount, ...(message === undefined || message === '' ? {} : { problem: message }) };
  } catch {
    // An empty answer, or one in another encoding, is still a yes.
    return { rejectedPointsCount: 0 };
  }
}
