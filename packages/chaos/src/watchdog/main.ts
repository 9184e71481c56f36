/**
 * The watchdog: a process that outlives a killed controller and undoes what its faults have left. It is started with a
 * `WatchdogOrder` as JSON, hears the controller on standard input (`ControllerWord`), answers on standard output
 * (`WatchdogWord`), and logs one JSON line per event to standard error.
 */
import { createInterface } from 'node:readline';
import { messageOf, systemClock } from '@stormcart/core';
import { watch } from './watch.ts';
import { parseControllerWord, type WatchdogOrder, type WatchdogWord } from './watchdog-wire.ts';

// Whoever ends the controller's whole group must not end what undoes its faults.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const log = (event: Readonly<Record<string, unknown>>): void => {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
};
// Nobody is there to see it end, so it does not end: what is left to undo is tried at the next look.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => log({ kind: event, problem: messageOf(error) }));
}
// A dead controller reads no more, and its log may lie on a full disk.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const order = JSON.parse(process.argv[2] ?? '') as WatchdogOrder;
let isPipeOpen = true;
let isDismissed = false;
let silentLooks = 0;
let wake = (): void => undefined;

const tell = (word: WatchdogWord): void => {
  process.stdout.write(`${JSON.stringify(word)}\n`);
};
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  silentLooks = 0;
  switch (parseControllerWord(line)?.kind) {
    case 'beat':
      // Only ever an answer: to a controller that stands still nothing is said that it would have to read later.
      tell({ kind: 'watching' });
      return;
    case 'dismiss':
      isDismissed = true;
      wake();
      return;
    case undefined:
      log({ kind: 'notUnderstood', bytes: line.length });
  }
});
const onEnd = (): void => {
  isPipeOpen = false;
  wake();
};
lines.on('close', onEnd);
process.stdin.on('error', onEnd);

await watch({
  ...order,
  clock: systemClock,
  look: () => {
    silentLooks += 1;
    return { isPipeOpen, isDismissed, silentLooks };
  },
  rest: (ms) =>
    new Promise((resolve) => {
      const cancel = systemClock.after(ms, () => resolve());
      wake = () => {
        cancel();
        resolve();
      };
    }),
  tell,
  log,
});
process.exit(0);
