import type { Sample } from '../load/sample.ts';
import { stepLengthMs } from './step-length.ts';
import { createStepTrack, type Step, type StepTrack } from './step-track.ts';

/** A run over time: all requests, and those of each route. */
export interface SeriesFigures {
  readonly stepMs: number;
  readonly all: readonly Step[];
  /** By route; as long as its last step in which something happened. */
  readonly routes: ReadonlyMap<string, readonly Step[]>;
}

export interface Series {
  add(sample: Sample): void;
  figures(): SeriesFigures;
}

/** More routes than a person compares; those that come later are in the sum only. */
const ROUTES_MAX = 50;

/** Memory is bounded by steps and routes: about 3 MiB for all requests and at most 0.5 MiB for a route. */
export function createSeries(totalMs: number): Series {
  const stepMs = stepLengthMs(totalMs);
  const all = createStepTrack(stepMs, 3);
  const routes = new Map<string, StepTrack>();
  return {
    add: (sample) => {
      all.add(sample);
      let track = routes.get(sample.route);
      if (track === undefined) {
        if (routes.size >= ROUTES_MAX) return;
        track = createStepTrack(stepMs, 2);
        routes.set(sample.route, track);
      }
      track.add(sample);
    },
    figures: () => ({
      stepMs,
      all: all.steps(),
      routes: new Map([...routes].map(([name, track]) => [name, track.steps()])),
    }),
  };
}
