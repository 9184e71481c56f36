/**
 * Waits for something that calls back, and no longer than until the signal is aborted: the clients of stores call
 * nobody back on a connection that has been destroyed.
 */
export function untilAborted<Value>(
  signal: AbortSignal,
  begin: (settle: (error: unknown, value: Value) => void) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    begin((error, value) => {
      signal.removeEventListener('abort', onAbort);
      if (error === null || error === undefined) resolve(value);
      else reject(error);
    });
  });
}
