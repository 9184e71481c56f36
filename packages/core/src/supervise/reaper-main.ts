/**
 * The process that outlives a killed controller. It reads one JSON line per thing to take care of
 * (`ReaperOrder`) and waits for the pipe to close; unless it was dismissed first, it then ends every
 * process of the run and removes the run's folders.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pidsOfRun, signalTree } from './process-table.ts';
import type { ReaperOrder } from './reaper.ts';

/** Processes may still be forking while they are being killed, so look again; each round takes milliseconds. */
const ROUNDS = 10;
const ROUND_PAUSE_MS = 50;

const runId = process.argv[2] ?? '';
const children = new Set<number>();
const folders = new Set<string>();
let dismissed = false;

// Whoever ends the controller's whole group must not end its undertaker.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const order = parseOrder(line);
  if (order === undefined) continue;
  switch (order.kind) {
    case 'child':
      children.add(order.pid);
      break;
    case 'gone':
      children.delete(order.pid);
      break;
    case 'folder':
      folders.add(order.path);
      break;
    case 'dismiss':
      dismissed = true;
      break;
  }
}

if (!dismissed) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = new Set([...(round === 0 ? children : []), ...(await pidsOfRun(runId))]);
    if (round > 0 && pids.size === 0) break;
    for (const pid of pids) signalTree(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, ROUND_PAUSE_MS));
  }
  for (const path of folders) await rm(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Undefined for the half line of a controller that was killed while it wrote. */
function parseOrder(line: string): ReaperOrder | undefined {
  try {
    return JSON.parse(line) as ReaperOrder;
  } catch {
    return undefined;
  }
}
