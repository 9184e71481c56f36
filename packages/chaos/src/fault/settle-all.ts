/**
 * Waits for every part of a fault and rejects with what failed. Not the first failure's moment: one part that
 * cannot be healed must not keep the others broken, and one still on its way must not arrive after a revert.
 */
export async function settleAll(parts: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(parts);
  const reasons = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  if (reasons.length === 1) throw reasons[0];
  if (reasons.length > 1) throw new AggregateError(reasons, '');
}
