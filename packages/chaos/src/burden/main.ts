/**
 * A burden as a process of its own. It reads one line (`burdenCommand`), lays what the line says, and ends when its
 * time is over, when its pipe closes (whoever started it is gone, or wants it gone) or at SIGTERM and SIGINT.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { messageOf, systemClock } from '@stormcart/core';
import { type BurdenReport, burdenCommand } from './burden.ts';
import { layBurden } from './burden-table.ts';

const end = new AbortController();
const whenEnd = new Promise<undefined>((resolve) => {
  end.signal.addEventListener('abort', () => resolve(undefined));
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end.abort());
// Nobody listens any more; what is to be done then is done anyway.
process.stdout.on('error', () => undefined);

const lines = createInterface({ input: process.stdin });
lines.once('close', () => end.abort());
const first: readonly unknown[] | undefined = await Promise.race([once(lines, 'line'), whenEnd]);
try {
  if (first !== undefined) await carry(String(first[0]));
} catch (error) {
  if (!end.signal.aborted) say({ kind: 'failed', message: messageOf(error) });
}
// What a burden holds goes with its process: memory, a nameless file, a turning loop.
process.exit();

async function carry(line: string): Promise<void> {
  const { order, untilMs } = burdenCommand.parse(JSON.parse(line));
  systemClock.after(untilMs - systemClock.now(), () => end.abort());
  const burden = await layBurden(order, end.signal);
  say({ kind: 'laid', amount: burden.amount() });
  await whenEnd;
  const amount = burden.amount();
  await burden.lift();
  say({ kind: 'lifted', amount });
}

function say(report: BurdenReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
