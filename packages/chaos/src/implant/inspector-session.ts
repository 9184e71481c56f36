import { ChaosError } from '../chaos-error.ts';
import { unlessAborted } from '../unless-aborted.ts';

/** One connection to a process's inspector. */
export interface InspectorSession {
  /**
   * The value of an expression, as JSON carries it. It is answered between two steps of whatever the process does, also
   * in the middle of a stall, so a promise is not waited for. Rejects when the signal is aborted.
   */
  evaluate(expression: string, signal: AbortSignal): Promise<unknown>;
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
  return {
    evaluate: async (expression, within) => {
      within.throwIfAborted();
      lastId += 1;
      const id = lastId;
      const answer = Promise.withResolvers<unknown>();
      pending.set(id, answer);
      const params = { expression, returnByValue: true };
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
      try {
        return await unlessAborted(answer.promise, within);
      } finally {
        pending.delete(id);
      }
    },
    close,
  };
}

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
