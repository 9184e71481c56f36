import { connect } from 'node:net';
import { type Clock, systemClock } from '../clock/clock.ts';

export interface PollOptions {
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** Asks until the answer is true; rejects with the signal's reason when aborted. A throw means "not yet". */
export async function pollUntil(isTrue: () => Promise<boolean>, options: PollOptions): Promise<void> {
  const clock = options.clock ?? systemClock;
  for (;;) {
    options.signal.throwIfAborted();
    if (await isTrue().catch(() => false)) return;
    await clock.sleep(options.everyMs, options.signal);
  }
}

/** Whether something accepts TCP connections there within `timeoutMs`. */
export function acceptsConnections(host: string, port: number, timeoutMs = 500): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, finish(false));
    socket.once('connect', finish(true));
    socket.once('error', finish(false));
  });
}
