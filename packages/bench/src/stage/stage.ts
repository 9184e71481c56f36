import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type FaultGuard, type FaultProxy, openFaultGuard, startFaultProxy } from '@stormcart/chaos';
import {
  type Address,
  AppError,
  type ChildEvent,
  createSupervisor,
  type Link,
  type RunningSystem,
  type Supervisor,
  type SystemConfig,
  type SystemUnderTest,
  systemClock,
} from '@stormcart/core';
import type { RunFolders, Workspace } from '../workspace/workspace.ts';

export interface StageOptions {
  readonly system: SystemUnderTest;
  readonly config: SystemConfig;
  readonly seed: number;
  readonly workspace: Workspace;
  readonly folders: RunFolders;
  /** Links that get a fault proxy; all others are direct, so that they cost nothing. */
  readonly faultyLinks: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly progress: (step: string, tookMs: number) => void;
  readonly onProcessEvent?: (event: ChildEvent) => void;
  /** Given: faults will be injected, so somebody must be able to end them whatever becomes of this process. */
  readonly guard?: {
    /** For people: what the watchdog did, and what may still be there at the end. */
    readonly onNews: (text: string) => void;
  };
}

export interface BootStep {
  readonly step: string;
  readonly tookMs: number;
}

/** A booted system with fault proxies where a drill wants them. */
export interface Stage {
  readonly system: RunningSystem;
  readonly faultProxy: FaultProxy | undefined;
  /** Undefined when no faults were announced. */
  readonly guard: FaultGuard | undefined;
  /** Proxy names by link. */
  readonly proxies: ReadonlyMap<string, string>;
  readonly bootMs: number;
  readonly bootSteps: readonly BootStep[];
  /** Aborted with an error when something of Stormcart's own dies: what is measured then is not the system. */
  readonly broken: AbortSignal;
  /** Ends every process and waits until they are gone, and undoes what faults have left. Safe to call twice. */
  close(): Promise<void>;
}

export async function raiseStage(options: StageOptions): Promise<Stage> {
  const startedMs = performance.now();
  const supervisor = createSupervisor(options.folders.runId);
  for (const path of [options.folders.dataFolder, options.folders.claimFile]) {
    supervisor.reaper.removeAfterDeath(path);
  }
  const breaking = new AbortController();
  let isClosing = false;
  supervisor.onEvent((event) => {
    if (event.name === FAULT_PROXY && event.state === 'down' && !isClosing) breaking.abort(proxyDied(event));
    options.onProcessEvent?.(event);
  });
  const interposer = createInterposer(supervisor, options);
  const bootSteps: BootStep[] = [];
  let system: RunningSystem | undefined;
  let guard: FaultGuard | undefined;
  const close = async (): Promise<void> => {
    isClosing = true;
    const closed = new AbortController();
    const patience = systemClock.sleep(CLOSE_TIMEOUT_MS, closed.signal).catch(() => undefined);
    // Whatever becomes of the system's own end: no process may outlive the stage.
    try {
      await Promise.race([system?.close(), patience]);
    } finally {
      // A timer that nobody waits for would keep this process for as long.
      closed.abort();
      await supervisor.close();
      // After the processes: what was changed in one of them has gone with it.
      await closeGuard(guard, options);
    }
  };
  try {
    guard = await openGuard(options);
    system = await options.system.boot(options.config, {
      supervisor,
      seed: options.seed,
      dataFolder: options.folders.dataFolder,
      logFolder: options.folders.logFolder,
      cacheFolder: options.workspace.cacheFolder,
      signal: options.signal,
      interpose: interposer.interpose,
      progress: (step, tookMs) => {
        bootSteps.push({ step, tookMs });
        options.progress(step, tookMs);
      },
    });
    // It came up beside the system, which takes longer.
    await guard?.ready();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    system,
    guard,
    faultProxy: interposer.faultProxy(),
    proxies: interposer.proxies,
    bootMs: performance.now() - startedMs,
    bootSteps,
    broken: breaking.signal,
    close,
  };
}

async function openGuard({ guard, folders }: StageOptions): Promise<FaultGuard | undefined> {
  if (guard === undefined) return undefined;
  const { runId, journalFile, logFolder } = folders;
  return openFaultGuard({
    runId,
    journalFile,
    watchdogLogFile: join(logFolder, 'watchdog.log'),
    onNews: guard.onNews,
  });
}

async function closeGuard(guard: FaultGuard | undefined, options: StageOptions): Promise<void> {
  const { problems } = (await guard?.close()) ?? { problems: [] };
  for (const problem of problems) options.guard?.onNews(`${problem} (\`stormcart clean\` tries again)`);
}

/** The name under which the fault proxy is supervised. */
const FAULT_PROXY = 'fault-proxy';
/** Servers inside this process and a few connections: milliseconds, unless something hangs. */
const CLOSE_TIMEOUT_MS = 10_000;

function proxyDied({ reason }: ChildEvent): AppError {
  return new AppError({
    kind: 'internal',
    code: 'FAULT_PROXY_DIED',
    message: `the fault proxy died (${reason ?? 'no reason known'}), so broken links are not the scenario's doing`,
    hint: 'Its log is in the logs folder of the run directory.',
  });
}

/** Fails with one message that names everything that is missing and what to type. */
export async function requireAll(system: SystemUnderTest, config: SystemConfig): Promise<void> {
  const missing = (await system.requirements(config)).filter(({ version }) => version === undefined);
  if (missing.length === 0) return;
  throw new AppError({
    kind: 'environment',
    code: 'MISSING_PROGRAMS',
    message: `missing on this machine: ${missing.map(({ name }) => name).join(', ')}`,
    hint: await system.installHint(missing),
    details: { missing: missing.map(({ name }) => name) },
  });
}

interface Interposer {
  readonly interpose: (link: Link, upstream: Address, listen?: Address) => Promise<Address>;
  readonly proxies: ReadonlyMap<string, string>;
  faultProxy(): FaultProxy | undefined;
}

/** Puts a fault proxy on the links that need one; starts the proxy process only when the first one does. */
function createInterposer(supervisor: Supervisor, options: StageOptions): Interposer {
  const proxies = new Map<string, string>();
  let starting: Promise<FaultProxy> | undefined;
  let started: FaultProxy | undefined;
  return {
    proxies,
    faultProxy: () => started,
    interpose: async (link, upstream, listen) => {
      if (listen === undefined && !options.faultyLinks.has(link.name)) return upstream;
      starting ??= startFaultProxy({
        supervisor,
        logFolder: options.folders.logFolder,
        signal: options.signal,
        seed: options.seed,
      });
      started = await starting;
      proxies.set(link.name, link.name);
      return started.createProxy({ name: link.name, upstream, ...(listen === undefined ? {} : { listen }) });
    },
  };
}
