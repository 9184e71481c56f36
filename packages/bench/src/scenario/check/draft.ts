import { cutArrivals } from '../../plan/parse-arrivals.ts';
import type { RecordedArrivals, Stage } from '../../plan/stage.ts';
import type { ScenarioFile } from '../format/scenario-format.ts';
import type { Partly } from '../read-format.ts';
import { createTimeline, type Timeline } from '../timeline.ts';

/** What could be read of a scenario file. */
export type ScenarioDraft = Partly<ScenarioFile>;

/** What could be read of a fault. */
export interface FaultDraft {
  readonly id?: string | undefined;
  readonly [key: string]: unknown;
}

/** What could be read of the names of what is broken. */
export type PatternsDraft = string | readonly (string | undefined)[] | undefined;

/** Recorded arrivals by the file that a stage names; what could not be read is missing, and reported. */
export type Recordings = ReadonlyMap<string, RecordedArrivals>;

/** What could be read of a stage, whichever of its shapes it has. */
export interface StageDraft {
  readonly for?: number | undefined;
  readonly warmup?: boolean | undefined;
  readonly rate?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly steps?: number | undefined;
  readonly spike?: number | undefined;
  readonly spikeFor?: number | undefined;
  readonly replay?: string | undefined;
}

/** The stages of a file with scaled times; undefined when one of them is incomplete. */
export function stagesOf(
  entries: readonly (StageDraft | undefined)[],
  scale: number,
  recordings: Recordings,
): readonly Stage[] | undefined {
  const stages = entries.map((entry) =>
    entry === undefined ? undefined : stageOf(entry, scale, recordings),
  );
  const whole = stages.filter((stage) => stage !== undefined);
  return whole.length === 0 || whole.length < stages.length ? undefined : whole;
}

function stageOf(draft: StageDraft, scale: number, recordings: Recordings): Stage | undefined {
  const { for: length, warmup: isWarmup, rate, from, to, steps, spike, spikeFor, replay } = draft;
  if (length === undefined || isWarmup === undefined) return undefined;
  const common = { forMs: length * scale, isWarmup };
  if (replay !== undefined) {
    const recorded = recordings.get(replay);
    return recorded && { kind: 'replay', ...common, recorded: cutArrivals(recorded, common.forMs) };
  }
  if (rate !== undefined && spike !== undefined) {
    if (spikeFor === undefined || spikeFor > length) return undefined;
    return {
      kind: 'spike',
      ...common,
      perSecond: rate,
      spikePerSecond: spike,
      spikeForMs: spikeFor * scale,
    };
  }
  if (rate !== undefined) return { kind: 'constant', ...common, perSecond: rate };
  if (from === undefined || to === undefined) return undefined;
  const ends = { fromPerSecond: from, toPerSecond: to };
  return steps === undefined
    ? { kind: 'ramp', ...common, ...ends }
    : { kind: 'steps', ...common, ...ends, steps };
}

/** When things happen, as far as it could be read; undefined without readable stages. */
export function timelineOf(
  draft: ScenarioDraft,
  scale: number,
  recordings: Recordings,
): Timeline | undefined {
  const stages = stagesOf(draft.load?.stages ?? [], scale, recordings);
  if (stages === undefined) return undefined;
  const windows = (draft.faults ?? []).flatMap((fault, index) => {
    if (fault?.at === undefined || fault.for === undefined) return [];
    return [{ index, id: fault.id, startMs: fault.at * scale, endMs: (fault.at + fault.for) * scale }];
  });
  return createTimeline(stages, windows);
}
