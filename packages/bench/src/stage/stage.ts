import { performance } from 'node:perf_hooks';
import { type FaultProxy, startFaultProxy } from '@stormcart/chaos';
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
}

export interface BootStep {
  readonly step: string;
  readonly tookMs: number;
}

/** A booted system with fault proxies where a drill wants them. */
export interface Stage {
  readonly system: RunningSystem;
  readonly faultProxy: FaultProxy | undefined;
  /** Proxy names by link. */
  readonly proxies: ReadonlyMap<string, string>;
  readonly bootMs: number;
  readonly bootSteps: readonly BootStep[];
  /** Ends every process and waits until they are gone. Safe to call twice. */
  close(): Promise<void>;
}

export async function raiseStage(options: StageOptions): Promise<Stage> {
  const startedMs = performance.now();
  const supervisor = createSupervisor(options.folders.runId);
  supervisor.reaper.removeAfterDeath(options.folders.dataFolder);
  if (options.onProcessEvent !== undefined) supervisor.onEvent(options.onProcessEvent);
  const interposer = createInterposer(supervisor, options);
  const bootSteps: BootStep[] = [];
  let system: RunningSystem | undefined;
  const close = async (): Promise<void> => {
    await system?.close();
    await supervisor.close();
  };
  try {
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
  } catch (error) {
    await close();
    throw error;
  }
  return {
    system,
    faultProxy: interposer.faultProxy(),
    proxies: interposer.proxies,
    bootMs: performance.now() - startedMs,
    bootSteps,
    close,
  };
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
  readonly interpose: (link: Link, upstream: Address) => Promise<Address>;
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
    interpose: async (link, upstream) => {
      if (!options.faultyLinks.has(link.name)) return upstream;
      starting ??= startFaultProxy({
        supervisor,
        logFolder: options.folders.logFolder,
        signal: options.signal,
      });
      started = await starting;
      proxies.set(link.name, link.name);
      return started.createProxy({ name: link.name, upstream });
    },
  };
}
