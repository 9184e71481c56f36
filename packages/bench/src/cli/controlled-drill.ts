import { type DrillControl, openDrillControl } from '../control/drill-control.ts';
import { type DrillOptions, type DrillResult, runDrill } from '../drill/drill.ts';
import { Interruption } from '../drill/interruption.ts';
import { type OwnDashboard, openOwnDashboard } from './own-dashboard.ts';
import type { LoadedScenario } from './scenario-files.ts';
import type { Terminal } from './terminal.ts';

export interface ControlledDrillOptions
  extends Pick<DrillOptions, 'workspace' | 'signal' | 'again' | 'onEvent' | 'onLive' | 'loadMaker'> {
  readonly isOpen: boolean;
  /** Given: the dashboard is shown there. */
  readonly dashOn?: Terminal;
  /** Told of the scenario that replays what was done by hand. */
  readonly onPlayed: (file: string) => void;
}

/** A drill that can be watched and steered through its control API while it runs. */
export async function runControlledDrill(
  { scenario, system, source }: LoadedScenario,
  options: ControlledDrillOptions,
): Promise<DrillResult> {
  const { workspace, signal, again, isOpen } = options;
  const ended = new AbortController();
  let control: DrillControl | undefined;
  let dashboard: OwnDashboard | undefined;
  try {
    const result = await runDrill({
      scenario,
      system,
      workspace,
      again,
      isOpen,
      ...(options.loadMaker === undefined ? {} : { loadMaker: options.loadMaker }),
      signal: AbortSignal.any([signal, ended.signal]),
      onOpened: async (folders) => {
        // As if it had been pressed here: rolled back, reported as interrupted, 130 after Ctrl-C.
        const end = (name: NodeJS.Signals): void => ended.abort(new Interruption(name));
        const abort = (): void => end('SIGINT');
        control = await openDrillControl({ scenario, system, source, folders, isOpen, abort });
        dashboard = options.dashOn && openOwnDashboard(folders.runFolder, options.dashOn, end);
      },
      onEvent: (event) => {
        options.onEvent(event);
        control?.onEvent(event);
      },
      onBooted: (running) => control?.onBooted(running),
      onObservation: (observation, atMs) => control?.onObservation(observation, atMs),
      onLive: (live) => {
        options.onLive?.(live);
        control?.onLive(live);
      },
    });
    const played = await control?.judged(result.report);
    if (played !== undefined) options.onPlayed(played);
    return result;
  } finally {
    await control?.close();
    // Who watches sees the verdict there first.
    await dashboard?.ended;
  }
}
