/**
 * A controller to be killed by a test: one whole drill, with every kind of fault on at once. Its argument is a
 * `DrillOrder`; it says on standard output what the drill tells, one JSON line for each event.
 */
import { runDrill } from '../../src/drill/drill.ts';
import { Interruption } from '../../src/drill/interruption.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { openWorkspace } from '../../src/workspace/workspace.ts';
import { beginsMs, faultIdOf, faultRows } from './fault-rows.ts';
import { outsideSystem } from './outside-system.ts';
import type { OutsideAddress } from './outside-world.ts';

export interface DrillOrder {
  readonly root: string;
  readonly outside: OutsideAddress;
  /** When the first fault begins and how long after it the next one does. */
  readonly everyMs: number;
  readonly totalMs: number;
  /** After this long something throws where nobody catches it. */
  readonly crashAfterMs?: number;
}

const { root, outside, everyMs, totalMs, crashAfterMs } = JSON.parse(process.argv[2] ?? '') as DrillOrder;
const config = { topology: 'external', services: {}, policies: {} };
const scenario: Scenario = {
  file: 'ends.yaml',
  name: 'ends',
  about: 'Everything is broken at once.',
  hypothesis: 'Nothing of it is left.',
  seed: 1,
  scale: 1,
  config,
  load: {
    mix: { visit: 1 },
    stages: [{ kind: 'constant', forMs: totalMs, perSecond: 5, isWarmup: false }],
    maxInFlight: 100,
    timeoutMs: 1_000,
    arrivals: 'constant',
    habits: {},
  },
  availability: { sliceMs: 200, downBelow: 0.95 },
  steadyState: [],
  faults: faultRows.map((row, index) => {
    const { family, kind, target, attributes } = row;
    const atMs = beginsMs(index, everyMs);
    return {
      id: faultIdOf(row),
      atMs,
      forMs: totalMs - atMs - everyMs,
      target: { family, kind, targets: [target], attributes },
    };
  }),
  gates: [],
  audit: 'all',
};

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(new Interruption(signal)));
}

if (crashAfterMs !== undefined) {
  setTimeout(() => {
    throw new Error('a mistake of ours');
  }, crashAfterMs);
}

const { report } = await runDrill({
  scenario,
  system: outsideSystem(outside),
  workspace: openWorkspace(root),
  signal: interrupted.signal,
  again: '',
  onEvent: (event) => {
    if (event.kind !== 'tick') process.stdout.write(`${JSON.stringify(event)}\n`);
  },
});
process.stdout.write(
  `${JSON.stringify({ kind: 'report', verdict: report.verdict, faults: report.faults })}\n`,
);
process.exitCode = report.exitCode;
