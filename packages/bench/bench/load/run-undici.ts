import { Pool } from 'undici';

/** A closed loop over undici's quickest interface, `dispatch` with a handler; how many answers came. */
export async function runUndici(url: URL, connections: number, forMs: number): Promise<number> {
  const pool = new Pool(url.origin, { connections, pipelining: 1 });
  const untilMs = performance.now() + forMs;
  const path = `${url.pathname}${url.search}`;
  let answered = 0;
  let running = connections;
  await new Promise<void>((resolve, reject) => {
    const next = (): void => {
      if (performance.now() >= untilMs) {
        running -= 1;
        if (running === 0) resolve();
        return;
      }
      pool.dispatch(
        { path, method: 'GET' },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: () => undefined,
          onResponseEnd: () => {
            answered += 1;
            next();
          },
          onResponseError: (_, error) => reject(error),
        },
      );
    };
    for (let count = 0; count < connections; count += 1) next();
  });
  await pool.close();
  return answered;
}
