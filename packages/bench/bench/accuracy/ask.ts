import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Case, PER_SECOND, type Quantiles, quantilesOf } from './behaviour.ts';
import type { Client, Finding } from './clients.ts';

export interface Asked {
  readonly finding: Finding;
  /** What the server itself knows of our requests, from when they were due to when it had answered; else empty. */
  readonly served: Quantiles;
}

/** Runs one client against a new server. */
export async function ask(client: Client, { behaviour }: Pick<Case, 'behaviour'>): Promise<Asked> {
  const program = fileURLToPath(new URL('./server-main.ts', import.meta.url));
  const server = fork(program, [JSON.stringify(behaviour)]);
  try {
    const [{ port }] = (await once(server, 'message')) as [{ readonly port: number }];
    const finding = await client.find(new URL(`http://127.0.0.1:${port}/`));
    if (finding.own === undefined) return { finding, served: {} };
    const { zeroMs } = finding.own;
    server.send('tell');
    const [{ answeredMs }] = (await once(server, 'message')) as [
      { readonly answeredMs: readonly (readonly [number, number])[] },
    ];
    const latencies = answeredMs.map(([number, atMs]) => atMs - zeroMs - ((number - 1) * 1_000) / PER_SECOND);
    return { finding, served: quantilesOf(latencies) };
  } finally {
    server.disconnect();
  }
}
