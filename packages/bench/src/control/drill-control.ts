import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningSystem, SystemUnderTest } from '@stormcart/core';
import type { DrillOptions } from '../drill/drill.ts';
import type { LiveDrill } from '../drill/live-drill.ts';
import type { Report } from '../report/report.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { guardDisk, type RunFolders } from '../workspace/workspace.ts';
import { openControlServer } from './control-server.ts';
import type { FaultOffer } from './drill-state.ts';
import { createLiveView } from './live-view.ts';
import { createLogBook } from './log-book.ts';
import { offersOf } from './offers.ts';
import { performCommand } from './perform-command.ts';
import { PLAYED_FILE, type PlayedFault, playedScenario } from './played-scenario.ts';
import { rowDetails } from './row-details.ts';
import { openStorePulses, type StorePulses } from './store-pulses.ts';

export interface DrillControlOptions {
  readonly scenario: Scenario;
  readonly system: SystemUnderTest;
  /** The scenario's file, with what was overridden. */
  readonly source: string;
  readonly folders: RunFolders;
  /** Any link can be broken by hand. */
  readonly isOpen: boolean;
  /** Ends the drill with everything rolled back. */
  readonly abort: () => void;
}

/** The control API of one drill, and what it needs to be told. */
export interface DrillControl
  extends Required<Pick<DrillOptions, 'onEvent' | 'onBooted' | 'onObservation' | 'onLive'>> {
  readonly runFolder: string;
  /** Shows the verdict; writes what was done by hand as a scenario, and gives its file where there is any. */
  judged(report: Report): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function openDrillControl(options: DrillControlOptions): Promise<DrillControl> {
  const { scenario, system, folders, isOpen, abort } = options;
  const log = createLogBook();
  const view = createLiveView(folders.runFolder, scenario, log);
  let running: RunningSystem | undefined;
  let pulses: StorePulses | undefined;
  const performer = {
    system,
    log,
    live: view.live,
    isGuarded: isOpen || scenario.faults.length > 0,
    abort,
  };
  const server = await openControlServer(folders.runFolder, {
    log,
    state: () => {
      pulses?.look();
      return view.state();
    },
    offers: (): readonly FaultOffer[] => {
      const targets = view.live()?.hands.targets;
      return targets === undefined || !performer.isGuarded ? [] : offersOf(targets);
    },
    details: async (name) => {
      const row = view.state().rows.find((each) => each.name === name);
      if (row === undefined) return undefined;
      const pid = running?.processes.find((process) => process.name === name)?.pid();
      return rowDetails(row, {
        rows: view.rows(),
        logFolder: folders.logFolder,
        ...(pid === undefined ? {} : { pid }),
      });
    },
    perform: (command) => performCommand(command, performer),
  });
  return {
    runFolder: folders.runFolder,
    onEvent: (event) => {
      // From here on the stores are asked how they are by the audit alone.
      if (event.kind === 'draining') void pulses?.close();
      view.onEvent(event);
    },
    onObservation: view.onObservation,
    onLive: view.onLive,
    onBooted: (booted) => {
      running = booted;
      view.onBooted(booted);
      pulses = openStorePulses(booted.stores, (name, latencyMs) => view.rows().felt(name, latencyMs));
    },
    judged: async (report) => {
      view.judged(report);
      return writePlayed(options, view.live(), report);
    },
    close: async () => {
      await pulses?.close();
      await server.close();
    },
  };
}

async function writePlayed(
  { scenario, source, folders }: DrillControlOptions,
  live: LiveDrill | undefined,
  report: Report,
): Promise<string | undefined> {
  if (live === undefined || live.hands.actions().length === 0) return undefined;
  const file = join(folders.runFolder, PLAYED_FILE);
  const text = playedScenario({
    scenario,
    source,
    folder: folders.runFolder,
    faults: playedFaults(live),
    steering: live.hands.steering.changes(),
    untilMs: Math.min(report.load.totalMs, live.plan.totalMs),
  });
  await guardDisk(() => writeFile(file, text));
  return file;
}

/** All faults that began, with the times that they really had. */
function playedFaults({ scenario, hands, zeroMs }: LiveDrill): readonly PlayedFault[] {
  return hands.records().flatMap(({ id, appliedMs, revertedMs, plannedForMs }) => {
    const fault = [...scenario.faults, ...hands.faults()].find((each) => each.id === id);
    if (fault === undefined || appliedMs === undefined) return [];
    const forMs = revertedMs === undefined ? plannedForMs : Math.min(revertedMs - appliedMs, plannedForMs);
    return [{ id, atMs: appliedMs - zeroMs, forMs, target: fault.target }];
  });
}
