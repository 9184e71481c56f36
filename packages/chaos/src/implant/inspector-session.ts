import { ChaosError } from '../chaos-error.ts';
import { unlessAborted } from '../unless-aborted.ts';

/** One connection to a process's inspector. */
export interface InspectorSession {
  /**
   * The value of an expression, as JSON carries it; undefined for a promise. It is answered between two steps of
   * whatever the process does, also in the middle of a stall. Rejects when the signal is aborted.
   */
  evaluate(expression: string, signal: AbortSignal): Promise<unknown>;
  /** Resolves once the event loop has turned. */
  turn(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The part of an answer of the Chrome DevTools Protocol that is looked at. */
interface Answer {
  readonly id?: number;
  readonly error?: { readonly message: string };
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: {
      readonly text: string;
      readonly exception?: { readonly description?: string };
    };
  };
}

/** Connects to the address that an inspector gives out. The signal is for connecting. */
export async function openInspectorSession(url: string, signal: AbortSignal): Promise<InspectorSession> {
  signal.throwIfAborted();
  const socket = new WebSocket(url);
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  const opened = Promise.withResolvers<void>();
  const breakWith = (what: string) => (): void => {
    const failure = inspectorFailed(what);
    opened.reject(failure);
    for (const { reject } of pending.values()) reject(failure);
    pending.clear();
  };
  socket.addEventListener('open', () => opened.resolve());
  socket.addEventListener('error', breakWith('the connection to the inspector broke'));
  socket.addEventListener('close', breakWith('the inspector closed the connection'));
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    const waiting = pending.get(answer.id ?? 0);
    const failure = failureOf(answer);
    if (failure === undefined) waiting?.resolve(answer.result?.result?.value);
    else waiting?.reject(inspectorFailed(failure));
  });
  const close = (): void => socket.close();
  try {
    await unlessAborted(opened.promise, signal);
  } catch (error) {
    close();
    throw error;
  }
  let lastId = 0;
  const call = async (params: object, within: AbortSignal): Promise<unknown> => {
    within.throwIfAborted();
    lastId += 1;
    const id = lastId;
    const answer = Promise.withResolvers<unknown>();
    pending.set(id, answer);
    socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
    try {
      return await unlessAborted(answer.promise, within);
    } finally {
      pending.delete(id);
    }
  };
  return {
    // Not with `awaitPromise` for all: it waits for the loop also where there is no promise.
    evaluate: (expression, within) => call({ expression, returnByValue: true }, within),
    turn: async (within) => {
      await call({ expression: NEXT_TURN, awaitPromise: true }, within);
    },
    close,
  };
}

const NEXT_TURN = `process.getBuiltinModule('node:timers/promises').setImmediate()`;

function failureOf({ error, result }: Answer): string | undefined {
  const thrown = result?.exceptionDetails;
  return error?.message ?? thrown?.exception?.description ?? thrown?.text;
}

export function inspectorFailed(message: string, hint?: string): ChaosError {
  return new ChaosError({
    kind: 'environment',
    code: 'INSPECTOR_FAILED',
    message,
    ...(hint === undefined ? {} : { hint }),
  });
}
