import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLoad } from '../../../load/driver.ts';
import { singleRequest } from '../../../load/single-request.ts';
import { createMeasurement } from '../../../measure/measurement.ts';
import { createPlan } from '../../../plan/plan.ts';
import type { ArrivalMode } from '../../../plan/stage.ts';
import { loadReport } from '../../../report/load-report.ts';
import { ensureFolder } from '../../../workspace/workspace.ts';
import { readLoadReport } from '../../run/read-load-report.ts';
import type { Side } from '../side.ts';

export interface LoadSideOptions {
  readonly url: URL;
  readonly perSecond: number;
  readonly forMs: number;
  readonly timeoutMs: number;
  readonly arrivals: ArrivalMode;
  readonly sliceMs: number;
}

/** As scenarios have it when they say nothing. */
const USUAL_DOWN_BELOW = 0.95;

/** A server that runs already: each run is a short open-loop load on it, as `stormcart load` would send. */
export function loadSide(options: LoadSideOptions): Side {
  const { url, perSecond, forMs, timeoutMs, arrivals, sliceMs } = options;
  const journey = singleRequest(url);
  const stages = [{ kind: 'constant', forMs, perSecond, isWarmup: false }] as const;
  return {
    about: url.href,
    measure: async ({ seed, folder, signal }) => {
      const plan = createPlan(stages, { seed, arrivals, mix: { [journey.name]: 1 } });
      const measurement = createMeasurement({
        totalMs: plan.totalMs,
        warmupUntilMs: 0,
        sliceMs,
        downBelow: USUAL_DOWN_BELOW,
        faults: [],
      });
      const result = await runLoad({
        plan,
        journeys: [journey],
        target: url,
        seed,
        runId: 'load',
        timeoutMs,
        signal,
        sink: { sample: (sample) => measurement.add(sample), operation: () => undefined },
      });
      signal.throwIfAborted();
      const report = loadReport(url, { rate: perSecond, for: forMs, slice: sliceMs }, result, measurement);
      const file = join(folder, 'load.json');
      await ensureFolder(folder);
      await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
      return readLoadReport(report, file);
    },
  };
}
