import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@stormcart/core';
import { USUAL_MAX_IN_FLIGHT } from '../../../load/driver.ts';
import type { Trust } from '../../../load/http/target.ts';
import { WHOLE } from '../../../plan/share.ts';
import type { ArrivalMode } from '../../../plan/stage.ts';
import { loadReport } from '../../../report/load-report.ts';
import { mergeShares } from '../../../share/merge-shares.ts';
import { runShare } from '../../../share/run-share.ts';
import type { LoadOrder } from '../../../share/share-task.ts';
import { ensureFolder } from '../../../workspace/workspace.ts';
import { readLoadReport } from '../../run/read-load-report.ts';
import type { Side } from '../side.ts';

export interface LoadSideOptions {
  readonly url: URL;
  /** Whom an https target must be vouched for by. */
  readonly trust?: Trust;
  readonly perSecond: number;
  readonly forMs: number;
  readonly timeoutMs: number;
  readonly arrivals: ArrivalMode;
  readonly sliceMs: number;
}

/** A server that runs already: each run is a short open-loop load on it, as `stormcart load` would send. */
export function loadSide(options: LoadSideOptions): Side {
  const { url, trust = { kind: 'usual' }, perSecond, forMs, timeoutMs, arrivals, sliceMs } = options;
  return {
    about: url.href,
    measure: async ({ seed, folder, signal }) => {
      const order: LoadOrder = {
        kind: 'load',
        version: 1,
        runId: 'load',
        url: url.href,
        trust,
        perSecond,
        forMs,
        arrivals,
        seed,
        timeoutMs,
        maxInFlight: USUAL_MAX_IN_FLIGHT,
        sliceMs,
      };
      const task = { order, share: WHOLE };
      const zeroMs = systemClock.now();
      const result = await runShare({ task, zeroMs, signal, onProgress: () => undefined });
      signal.throwIfAborted();
      const report = loadReport(order, mergeShares(order, [{ kind: 'done', name: url.href, result }]));
      const file = join(folder, 'load.json');
      await ensureFolder(folder);
      await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
      return readLoadReport(report, file);
    },
  };
}
