/**
 * A controller to be killed by a test. Its argument is a JSON list of faults on one process that is not its own
 * (`ControllerOrder`); it applies them all, prints each undo step and then `{"kind":"applied"}`, a line each, and waits.
 */
import type { SystemProcess } from '@stormcart/core';
import { type AttributeValues, createFault } from '../src/index.ts';

export interface ControllerOrder {
  readonly pid: number;
  readonly dataFolder: string;
  readonly forMs: number;
  readonly faults: readonly { readonly kind: string; readonly attributes: AttributeValues }[];
}

const { pid, dataFolder, forMs, faults } = JSON.parse(process.argv[2] ?? '') as ControllerOrder;
const target: SystemProcess = {
  name: 'victim',
  dataFolder,
  pid: () => pid,
  state: () => 'ready',
  whenReady: () => Promise.resolve(),
  restart: () => Promise.reject(new Error('it is not ours')),
};
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
for (const { kind, attributes } of faults) {
  const fault = createFault(
    { id: kind, family: 'process', kind, targets: ['victim'], attributes },
    {
      proxies: new Map(),
      faultProxy: undefined,
      stores: new Map(),
      processes: new Map([['victim', target]]),
    },
  );
  await fault.apply({ forMs, signal: AbortSignal.timeout(30_000), journal: async (step) => say(step) });
}
say({ kind: 'applied' });
setInterval(() => undefined, 60_000);
