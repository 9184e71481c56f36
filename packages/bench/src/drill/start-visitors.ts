import type { FaultSession, FaultTargets } from '@stormcart/chaos';
import type { Journey, RunningSystem } from '@stormcart/core';
import type { Trust } from '../load/http/target.ts';
import type { Stage } from '../stage/stage.ts';
import type { Ending } from './ending.ts';
import { runFaultTimeline } from './fault-timeline.ts';
import type { openHands } from './hands.ts';
import type { LoadCrew } from './load-maker.ts';
import type { LoadPhaseOptions } from './perform-load.ts';
import type { Recorder } from './recorder.ts';
import { type ProbesOptions, runProbes } from './run-probes.ts';
import type { SteadyCheck } from './steady-check.ts';

export interface Visited {
  readonly crew: LoadCrew;
  readonly recorder: Recorder;
  readonly ending: Ending;
  readonly session: FaultSession;
  readonly steady: SteadyCheck;
  readonly hands: ReturnType<typeof openHands>;
  readonly nextOperationIndex: () => number;
}

/** Sets off what runs side by side: the load, the probes beside it, and the faults. */
export function startVisitors({ scenario, stage, folders }: LoadPhaseOptions, visited: Visited) {
  const { crew, recorder, ending, session, steady, hands, nextOperationIndex } = visited;
  const { zeroMs } = crew;
  const { load, seed } = scenario;
  const shared = {
    ...aimAt(stage.system),
    seed,
    runId: folders.runId,
    zeroMs,
    timeoutMs: load.timeoutMs,
    nextOperationIndex,
  };
  const probing = startProbes(stage.system.probes, shared, recorder, ending);
  const both = [
    crew
      .run({
        signal: ending.signal,
        sink: recorder.sink,
        nextOperationIndex,
        steering: hands.steering,
        onGauges: hands.onGauges,
        onLost: (reason) => ending.endEarly({ kind: 'lostAgent', reason }),
      })
      .finally(() => probing.stop()),
    runFaultTimeline({
      faults: scenario.faults,
      session,
      targets: hands.targets,
      zeroMs,
      signal: ending.signal,
      isSteady: steady.check,
      onOperation: (operation) => recorder.sink.operation(operation),
      nextOperationIndex,
    }),
  ] as const;
  return { both, probing };
}

/** A system that brings its own authority is trusted by that one alone. */
export function aimAt(system: RunningSystem): { readonly target: URL; readonly trust?: Trust } {
  const { entryUrl, certificateAuthority } = system;
  const target = new URL(entryUrl);
  if (certificateAuthority === undefined) return { target };
  return { target, trust: { kind: 'authority', certificate: certificateAuthority.certificate } };
}

type SharedByVisitors = Omit<ProbesOptions, 'journey' | 'sink' | 'signal'>;

/** Tries the system's probes beside the load until that ends. A probe that throws ends the load, like a journey. */
function startProbes(
  journey: Journey | undefined,
  shared: SharedByVisitors,
  recorder: Recorder,
  ending: Ending,
): { readonly ended: Promise<void>; readonly stop: () => void } {
  if (journey === undefined) return { ended: Promise.resolve(), stop: () => undefined };
  const over = new AbortController();
  const signal = AbortSignal.any([ending.signal, over.signal]);
  const ended = runProbes({ ...shared, journey, sink: recorder.probeSink, signal });
  // Whoever waits for the probes hears of their failure; until then it is nobody's.
  ended.catch(() => undefined);
  return { ended, stop: () => over.abort(new Error('the load is over')) };
}

export function targetsOf({ system, faultProxy, proxies, httpProxies }: Stage): FaultTargets {
  return {
    proxies,
    httpProxies,
    faultProxy,
    switches: new Map(system.switches?.map((each) => [each.name, each])),
    processes: new Map(system.processes.map((process) => [process.name, process])),
    stores: new Map(system.stores.map((store) => [store.name, store])),
  };
}
