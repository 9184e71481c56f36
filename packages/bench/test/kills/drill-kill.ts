import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InvariantResult, Operation } from '@stormcart/core';
import { HISTORY_FILE, SNAPSHOT_FILE } from '../../src/audit/recorded-run.ts';
import { readHistory } from '../../src/load/history-file.ts';
import type { Report } from '../../src/report/report.ts';
import { type Drilled, withDrill } from '../fixture/with-drill.ts';
import { countLosses, type Losses } from './count-losses.ts';
import { killScenario } from './kill-scenario.ts';

/** What one kill did to the shop. */
export interface KillResult extends Losses {
  readonly operationsCount: number;
  readonly invariants: readonly InvariantResult[];
  /** From the kill until nothing was under way any more; undefined when something still was. */
  readonly endedWithinMs: number | undefined;
  /** Of the measured time, 0 to 1. */
  readonly availability: number | undefined;
  /** From the kill until the process was ready again. */
  readonly backAfterMs: number | undefined;
  /** From the kill to the first of three good slices in a row; 0 when customers never noticed. */
  readonly recoveredAfterMs: number | undefined;
  /** Whether the load generator was starved: then times and availability are not the shop's alone. */
  readonly isStarved: boolean;
  /** Why the kill did not happen; undefined when it did. */
  readonly miss: string | undefined;
}

/** Kills the process under load, lets the shop heal and drain, and counts. */
export function drillKill(process: string, seed: number): Promise<KillResult> {
  return withDrill(killScenario(process, seed), {}, async ({ report, runFolder }: Drilled) => {
    const operations: Operation[] = [];
    for await (const operation of readHistory(join(runFolder, HISTORY_FILE))) operations.push(operation);
    const snapshot: unknown = JSON.parse(await readFile(join(runFolder, SNAPSHOT_FILE), 'utf8'));
    const losses = countLosses(operations, snapshot);
    const [fault] = report.faults;
    const killedMs = fault?.appliedMs ?? 0;
    const isEnded = report.audit.isDrained && losses.unendedCount === 0;
    return {
      ...losses,
      operationsCount: report.audit.operationsCount,
      invariants: report.audit.invariants,
      endedWithinMs: isEnded ? drainedMs(report, operations) - killedMs : undefined,
      availability: report.availability.fraction,
      backAfterMs: fault?.revertedMs === undefined ? undefined : fault.revertedMs - killedMs,
      recoveredAfterMs: fault?.recoveryFromStartMs,
      isStarved: report.generator.isSaturated,
      miss: fault?.hits === 1 && fault.isVerified ? undefined : (fault?.problem ?? 'nothing was hit'),
    };
  });
}

/** When the drain found nothing under way, on the clock of the load: it begins after the last answer. */
function drainedMs({ load, audit }: Report, operations: readonly Operation[]): number {
  const lastEndedMs = operations.reduce((latest, { endedMs }) => Math.max(latest, endedMs), load.totalMs);
  return lastEndedMs + audit.drainedAfterMs;
}
