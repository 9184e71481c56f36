import { messageOf } from '@stormcart/core';
import { parseArrivals } from '../plan/parse-arrivals.ts';
import type { RecordedArrivals } from '../plan/stage.ts';
import type { Recordings, ScenarioDraft } from './check/draft.ts';
import type { Reporter } from './reporter.ts';

/** Reads a file that a scenario names, relative to the scenario; throws when it cannot. */
export type ReadBeside = (path: string) => string;

/** Reads and checks every file of arrivals that the stages name. Each problem is reported at the stage. */
export function readRecordings(
  draft: ScenarioDraft,
  journeys: readonly string[],
  readBeside: ReadBeside,
  reporter: Reporter,
): Recordings {
  const recordings = new Map<string, RecordedArrivals>();
  (draft.load?.stages ?? []).forEach((stage, index) => {
    if (stage === undefined || !('replay' in stage) || stage.replay === undefined) return;
    const path = ['load', 'stages', index, 'replay'];
    const { replay: file, for: forMs } = stage;
    let text: string;
    try {
      text = readBeside(file);
    } catch (error) {
      reporter.error(path, `cannot read ${file}: ${messageOf(error)}`);
      return;
    }
    const parsed = parseArrivals(text, journeys);
    if (parsed.kind === 'bad') {
      reporter.error(path, `${file}:${parsed.line}: ${parsed.problem}`);
      return;
    }
    recordings.set(file, parsed.recorded);
    const leftOut = forMs === undefined ? 0 : parsed.recorded.timesMs.filter((ms) => ms >= forMs).length;
    if (leftOut > 0) {
      const what = leftOut === 1 ? '1 arrival of' : `${leftOut} arrivals of`;
      const left =
        leftOut === 1 ? 'lies after the end of the stage and is' : 'lie after the end of the stage and are';
      reporter.warn(path, `${what} ${file} ${left} left out`);
    }
  });
  return recordings;
}
