import type { SteeringChange } from '../load/steering.ts';
import { type Curve, curvesOf } from '../plan/curve.ts';
import type { Stage } from '../plan/stage.ts';

/** A stage as a scenario writes it. */
export type PlayedStage = { readonly for: string; readonly warmup?: true } & (
  | { readonly rate: string }
  | { readonly from: string; readonly to: string }
);

/**
 * The load as it was driven, up to `untilMs`: each stage cut where somebody changed the rate, and multiplied. A
 * recording has no rate to multiply: it is replayed at its mean rate.
 */
export function playedStages(
  stages: readonly Stage[],
  changes: readonly SteeringChange[],
  untilMs: number,
): readonly PlayedStage[] {
  const played: PlayedStage[] = [];
  let startMs = 0;
  for (const stage of stages) {
    for (const curve of curvesOf(stage)) {
      const cuts = changes.map(({ atMs }) => atMs - startMs);
      const edges = [0, ...cuts, untilMs - startMs, curve.forMs]
        .filter((edge) => edge >= 0 && edge <= Math.min(curve.forMs, untilMs - startMs))
        .toSorted((left, right) => left - right);
      for (const [place, fromMs] of edges.slice(0, -1).entries()) {
        const toMs = edges[place + 1] ?? fromMs;
        if (Math.round(toMs) <= Math.round(fromMs)) continue;
        const factor = changes.findLast(({ atMs }) => atMs <= startMs + fromMs + NOISE_MS)?.factor ?? 1;
        played.push({
          ...piece(curve, stage, fromMs, toMs, factor),
          ...(stage.isWarmup ? { warmup: true } : {}),
        });
      }
      startMs += curve.forMs;
    }
  }
  return played;
}

const NOISE_MS = 0.5;

function piece(curve: Curve, stage: Stage, fromMs: number, toMs: number, factor: number) {
  const length = `${Math.round(toMs) - Math.round(fromMs)}ms`;
  const [first, last] =
    stage.kind === 'replay'
      ? meanRate(curve, fromMs, toMs)
      : // Just inside, so that a step's edge belongs to its own piece.
        [curve.rateAt(fromMs), curve.rateAt(toMs)];
  if (first * factor === last * factor) return { for: length, rate: rateText(first * factor) };
  return { for: length, from: rateText(first * factor), to: rateText(last * factor) };
}

function meanRate(curve: Curve, fromMs: number, toMs: number): readonly [number, number] {
  const mean = (curve.countUntil(toMs) - curve.countUntil(fromMs)) / ((toMs - fromMs) / 1_000);
  return [mean, mean];
}

function rateText(perSecond: number): string {
  return `${Number(perSecond.toPrecision(9))}/s`;
}
