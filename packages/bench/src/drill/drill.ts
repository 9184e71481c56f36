import type { FamilyName } from '@stormcart/chaos';
import {
  type ChildEvent,
  type JourneyDescription,
  type RunningSystem,
  type SystemObservation,
  type SystemUnderTest,
  systemClock,
} from '@stormcart/core';
import { buildReport } from '../report/build-report.ts';
import { describeEnvironment } from '../report/environment.ts';
import type { Report } from '../report/report.ts';
import { writeReport } from '../report/write-report.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { raiseStage, requireAll, type Stage } from '../stage/stage.ts';
import { sweep } from '../workspace/sweep.ts';
import { closeRun, openRun, type RunFolders, type Workspace } from '../workspace/workspace.ts';
import { type AuditOutcome, auditDrill, auditSkipped } from './audit-drill.ts';
import type { DrillEvent } from './drill-event.ts';
import { Interruption } from './interruption.ts';
import type { LiveDrill } from './live-drill.ts';
import type { LoadMaker } from './load-maker.ts';
import { type Performance, performLoad } from './perform-load.ts';

export interface DrillOptions {
  readonly scenario: Scenario;
  readonly system: SystemUnderTest;
  readonly workspace: Workspace;
  /** Ends the drill early, with everything rolled back. */
  readonly signal: AbortSignal;
  /** What to type to run the same again; printed in the report. */
  readonly again: string;
  readonly onEvent: (event: DrillEvent) => void;
  /** Somebody may break any link by hand: each gets a proxy, and somebody who ends faults is there from the start. */
  readonly isOpen?: boolean;
  /** Called once, when the run has its folders; the drill waits for it. */
  readonly onOpened?: (folders: RunFolders) => Promise<void>;
  /** Called once, when the system is up. */
  readonly onBooted?: (system: RunningSystem) => void;
  /** Called with what the system tells of itself, twice a second. `atMs` is since the load's start. */
  readonly onObservation?: (observation: SystemObservation, atMs: number) => void;
  /** Called once, when the load begins. */
  readonly onLive?: (live: LiveDrill) => void;
  /** Who makes the load; this process when absent. */
  readonly loadMaker?: LoadMaker;
}

export interface DrillResult {
  readonly report: Report;
  readonly runFolder: string;
}

/** Everything that happened, for the report. */
export interface DrillRecord {
  readonly options: DrillOptions;
  readonly folders: RunFolders;
  readonly startedAt: Date;
  readonly tookMs: number;
  readonly stage: Pick<Stage, 'bootMs' | 'bootSteps'>;
  readonly performance: Performance;
  readonly processEvents: readonly ChildEvent[];
  readonly audit: AuditOutcome;
  /** Set when the drill was ended from outside. */
  readonly interruption: Interruption | undefined;
  readonly journeys: readonly JourneyDescription[];
  readonly environment: Readonly<Record<string, string | number>>;
}

/** One run of a scenario: boots, loads, breaks, heals, audits, reports. Leaves only the run directory. */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { scenario, workspace, onEvent } = options;
  for (const swept of await sweep(workspace)) onEvent({ kind: 'swept', swept });
  await requireAll(options.system, scenario.config);
  const folders = await openRun(workspace, scenario.name, new Date());
  try {
    await options.onOpened?.(folders);
    const record = await recordDrill(options, folders);
    const report = buildReport(record);
    await writeReport(report, record);
    return { report, runFolder: folders.runFolder };
  } finally {
    await closeRun(folders);
  }
}

async function recordDrill(options: DrillOptions, folders: RunFolders): Promise<DrillRecord> {
  const { scenario, system, workspace, signal, onEvent } = options;
  const startedAt = new Date(systemClock.wallMs());
  const startedMs = systemClock.now();
  const processEvents: ChildEvent[] = [];
  const stage = await raiseStage({
    system,
    config: scenario.config,
    seed: scenario.seed,
    workspace,
    folders,
    faultyLinks: options.isOpen === true ? linksOf(options, 'any') : targetsOf(scenario, 'link'),
    httpFaultyLinks: options.isOpen === true ? linksOf(options, 'http') : targetsOf(scenario, 'http'),
    signal,
    progress: (step, tookMs) => onEvent({ kind: 'bootStep', step, tookMs }),
    onProcessEvent: (event) => {
      processEvents.push(event);
      tellOfProcess(event, processEvents, onEvent);
    },
    ...((scenario.faults.length > 0 || options.isOpen === true) && {
      guard: { onNews: (text: string) => onEvent({ kind: 'notice', text }) },
    }),
  });
  try {
    onEvent({ kind: 'booted', tookMs: stage.bootMs, entryUrl: stage.system.entryUrl });
    options.onBooted?.(stage.system);
    const performance = await performLoad({ ...options, stage, folders });
    const audit = await settleAndAudit(options, stage.system, folders, performance);
    return {
      options,
      folders,
      startedAt,
      tookMs: systemClock.now() - startedMs,
      stage,
      performance,
      processEvents,
      audit,
      interruption: signal.reason instanceof Interruption ? signal.reason : undefined,
      journeys: system.describe(scenario.config).journeys,
      environment: describeEnvironment(await system.requirements(scenario.config)),
    };
  } finally {
    await stage.close();
  }
}

/** Everything that faults of this family break. */
function targetsOf({ faults }: Scenario, family: FamilyName): ReadonlySet<string> {
  return new Set(faults.flatMap(({ target }) => (target.family === family ? target.targets : [])));
}

/** Every link of the system, or those that carry plain HTTP. */
function linksOf({ system, scenario }: DrillOptions, protocol: 'any' | 'http'): ReadonlySet<string> {
  const { links } = system.describe(scenario.config);
  return new Set(
    links.filter((link) => protocol === 'any' || link.protocol === protocol).map(({ name }) => name),
  );
}

async function settleAndAudit(
  { scenario, system, signal, onEvent }: DrillOptions,
  running: RunningSystem,
  folders: RunFolders,
  performance: Performance,
): Promise<AuditOutcome> {
  const wanted = scenario.audit;
  // What they did to the stores and never told of would look like the system's doing.
  if ((performance.load.agents?.lost.length ?? 0) > 0) {
    return auditSkipped('not judged: a part of what was asked of it is not known');
  }
  try {
    signal.throwIfAborted();
    return await auditDrill({
      running,
      invariants: system.invariants.filter(({ name }) => wanted === 'all' || wanted.includes(name)),
      operations: performance.operations,
      exchanges: performance.exchanges,
      runFolder: folders.runFolder,
      signal,
      onEvent,
    });
  } catch (error) {
    // Who interrupts wants to see what was measured until then, not an error.
    if (signal.aborted) return auditSkipped('the drill was interrupted');
    throw error;
  }
}

/** Deaths and returns are news; a first start and the orderly end are not. */
function tellOfProcess(
  { name, state, atMs, reason }: ChildEvent,
  events: readonly ChildEvent[],
  onEvent: DrillOptions['onEvent'],
): void {
  const hasBeenDown = events.some((event) => event.name === name && event.state === 'down');
  if (state === 'down')
    onEvent({ kind: 'process', name, what: `went down (${reason ?? 'no reason known'})`, atMs });
  if (state === 'ready' && hasBeenDown) onEvent({ kind: 'process', name, what: 'is back', atMs });
}
