import { relative } from 'node:path';
import type { RunningSystem } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { type DrillControl, openDrillControl } from '../control/drill-control.ts';
import type { DrillEvent } from '../drill/drill-event.ts';
import { Interruption } from '../drill/interruption.ts';
import { performLoad } from '../drill/perform-load.ts';
import { parseScenario } from '../scenario/parse-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { raiseStage, requireAll } from '../stage/stage.ts';
import { sweep } from '../workspace/sweep.ts';
import { closeRun, openRun, openWorkspace, type RunFolders, type Workspace } from '../workspace/workspace.ts';
import type { CommandContext } from './command-line.ts';
import { drillProgress } from './drill-progress.ts';
import { openOwnDashboard } from './own-dashboard.ts';
import { addressLines, shopAddresses } from './shop-addresses.ts';

/** A day: whoever wants a shop for longer starts another. */
const FOR_MS = 86_400_000;

/**
 * The shop as a drill without load, so that all of it can be watched and broken by hand: every link leads through a
 * fault proxy, and the watchdog ends faults whatever becomes of this process. Until Ctrl-C; leaving the dashboard lets
 * the shop go on.
 */
export async function upWithDashboard(
  { topology }: { readonly topology: string },
  { terminal, signal }: CommandContext,
): Promise<void> {
  const { scenario, source } = idleScenario(topology);
  const workspace = openWorkspace();
  const onProgress = drillProgress(terminal);
  for (const swept of await sweep(workspace)) onProgress({ kind: 'swept', swept });
  await requireAll(shop, scenario.config);
  const folders = await openRun(workspace, 'up', new Date());
  try {
    await keepUp({ scenario, source, workspace, folders, terminal, onProgress, signal });
  } finally {
    await closeRun(folders);
  }
}

/** A scenario file always has load; this one has it taken out once it is read. */
function idleScenario(topology: string): { readonly scenario: Scenario; readonly source: string } {
  const stages = [{ for: '24h', rate: '1/s' }];
  const source = JSON.stringify({ version: 1, name: 'up', topology, load: { mix: { browse: 1 }, stages } });
  const parsed = parseScenario({ content: source, file: 'up', system: shop });
  if (parsed.kind === 'bad') throw new TypeError(parsed.problems.map(({ message }) => message).join('; '));
  const { scenario } = parsed;
  const idle = { kind: 'constant', forMs: FOR_MS, perSecond: 0, isWarmup: false } as const;
  return { scenario: { ...scenario, load: { ...scenario.load, stages: [idle] } }, source };
}

interface Up {
  readonly scenario: Scenario;
  readonly source: string;
  readonly workspace: Workspace;
  readonly folders: RunFolders;
  readonly terminal: CommandContext['terminal'];
  readonly onProgress: (event: DrillEvent) => void;
  readonly signal: AbortSignal;
}

/** Until somebody ends it, here or through the control API. */
async function keepUp(up: Up): Promise<void> {
  const { scenario, source, folders, terminal } = up;
  const ended = new AbortController();
  const signal = AbortSignal.any([up.signal, ended.signal]);
  const end = (name: NodeJS.Signals): void => ended.abort(new Interruption(name));
  const abort = (): void => end('SIGINT');
  const control = await openDrillControl({ scenario, system: shop, source, folders, isOpen: true, abort });
  const dashboard =
    terminal.isInteractive && process.stdout.isTTY
      ? openOwnDashboard(folders.runFolder, terminal, end)
      : undefined;
  try {
    await runIdle({ ...up, signal }, control);
  } finally {
    await control.close();
    await dashboard?.ended;
  }
  signal.throwIfAborted();
}

async function runIdle(
  { scenario, workspace, folders, terminal, onProgress, signal }: Up,
  control: DrillControl,
): Promise<void> {
  const stage = await raiseStage({
    system: shop,
    config: scenario.config,
    seed: scenario.seed,
    workspace,
    folders,
    faultyLinks: new Set(shop.describe(scenario.config).links.map(({ name }) => name)),
    signal,
    progress: (step, tookMs) => onProgress({ kind: 'bootStep', step, tookMs }),
    onProcessEvent: ({ name, state, reason, atMs }) => {
      if (state !== 'down') return;
      const event = {
        kind: 'process',
        name,
        what: `went down: ${reason ?? 'no reason known'}`,
        atMs,
      } as const;
      onProgress(event);
      control.onEvent(event);
    },
    guard: { onNews: (text) => control.onEvent({ kind: 'notice', text }) },
  });
  try {
    terminal.data(addressLines(shopAddresses(stage.system)));
    terminal.message(`logs are in ${relative('.', folders.logFolder)}; Ctrl-C ends the shop`);
    control.onBooted(stage.system);
    await performLoad({
      scenario,
      // Nobody attacks a shop that is only there to be looked at.
      stage: { ...stage, system: withoutProbes(stage.system) },
      folders,
      signal,
      onEvent: (event) => {
        if (event.kind === 'fault') onProgress(event);
        control.onEvent(event);
      },
      onObservation: control.onObservation,
      onLive: control.onLive,
    });
  } finally {
    await stage.close();
  }
}

function withoutProbes({ probes: _probes, ...system }: RunningSystem): RunningSystem {
  return system;
}
