import type { KillResult } from './drill-kill.ts';

/** However long a store or a service is away, its orders end within two minutes. */
const ENDED_WITHIN_MS_MAX = 120_000;

/** What a kill broke that it must not; empty when it broke nothing. */
export function brokenBy(result: KillResult): readonly string[] {
  const { lostCount, doubleCaptureCount, stockOffCount, endedWithinMs, invariants, miss } = result;
  return [
    ...(miss === undefined ? [] : [`the kill did not work: ${miss}`]),
    ...(result.acknowledgedCount === 0 ? ['no order was acknowledged'] : []),
    ...(lostCount === 0 ? [] : [`${lostCount} acknowledged orders are lost`]),
    ...(doubleCaptureCount === 0 ? [] : [`${doubleCaptureCount} orders were charged twice`]),
    ...(stockOffCount === 0 ? [] : [`the stock of ${stockOffCount} products is off`]),
    ...(endedWithinMs !== undefined && endedWithinMs <= ENDED_WITHIN_MS_MAX
      ? []
      : ['sagas did not end in time']),
    ...invariants
      .filter(({ answer }) => answer === 'violated')
      .map(({ name, findings }) => `${name} is violated: ${findings[0]?.message ?? ''}`),
  ];
}

/** `14 hold`, or `13 hold, ledger-agrees unknown`. */
export function answersOf({ invariants }: Pick<KillResult, 'invariants'>): string {
  const others = invariants
    .filter(({ answer }) => answer !== 'holds')
    .map(({ name, answer }) => `${name} ${answer}`);
  return [`${invariants.length - others.length} hold`, ...others].join(', ');
}
