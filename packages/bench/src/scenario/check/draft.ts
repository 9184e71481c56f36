import type { Stage } from '../../plan/stage.ts';
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

/** What could be read of a stage, whichever of its two shapes it has. */
interface StageDraft {
  readonly for?: number | undefined;
  readonly warmup?: boolean | undefined;
  readonly rate?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The stages of a file with scaled times; undefined when one of them is incomplete. */
export function stagesOf(
  entries: readonly (StageDraft | undefined)[],
  scale: number,
): readonly Stage[] | undefined {
  const stages = entries.map((entry) => (entry === undefined ? undefined : stageOf(entry, scale)));
  const whole = stages.filter((stage) => stage !== undefined);
  return whole.length === 0 || whole.length < stages.length ? undefined : whole;
}

function stageOf(draft: StageDraft, scale: number): Stage | undefined {
  const { for: length, warmup: isWarmup, rate, from, to } = draft;
  if (length === undefined || isWarmup === undefined) return undefined;
  const common = { forMs: length * scale, isWarmup };
  if (rate !== undefined) return { kind: 'constant', ...common, perSecond: rate };
  if (from === undefined || to === undefined) return undefined;
  return { kind: 'ramp', ...common, fromPerSecond: from, toPerSecond: to };
}

/** When things happen, as far as it could be read; undefined without readable stages. */
export function timelineOf(draft: ScenarioDraft, scale: number): Timeline | undefined {
  const stages = stagesOf(draft.load?.stages ?? [], scale);
  if (stages === undefined) return undefined;
  const windows = (draft.faults ?? []).flatMap((fault, index) => {
    if (fault?.at === undefined || fault.for === undefined) return [];
    return [{ index, id: fault.id, startMs: fault.at * scale, endMs: (fault.at + fault.for) * scale }];
  });
  return createTimeline(stages, windows);
}
