import { addConnectErrors, type ConnectErrors } from '../load/connect-errors.ts';
import { generatorFigures, mergeGenerators } from '../load/generator-record.ts';
import { checkGenerator, type SelfCheck } from '../load/self-check.ts';
import { countOf, type Share } from '../plan/share.ts';
import { createLoadTally, type LoadFigures } from './load-figures.ts';
import { shareError } from './share-error.ts';
import type { ShareOutcome } from './share-outcome.ts';
import { decodeGenerator, type LoadShareResult, type ShareResult } from './share-result.ts';
import { type LoadOrder, planOf } from './share-task.ts';

/** All shares of a load as one. */
export interface MergedLoad {
  readonly figures: LoadFigures;
  /** Why requests found no connection; empty when all did. */
  readonly connectErrors: ConnectErrors;
  /** Saturated when one of the generators was. */
  readonly selfCheck: SelfCheck;
  /** One sentence for each share that is missing from the figures; empty when they are whole. */
  readonly lost: readonly string[];
  readonly wasAborted: boolean;
}

/**
 * Adds up what the shares have measured. Throws what a share failed with, BAD_SHARE where figures cannot be added, and
 * PLAN_NOT_MET where all shares ran to the end and yet their arrivals are not those of the plan.
 */
export function mergeShares(order: LoadOrder, outcomes: readonly ShareOutcome[]): MergedLoad {
  const plan = planOf(order);
  const tally = createLoadTally({ totalMs: plan.totalMs, sliceMs: order.sliceMs });
  const done: { readonly name: string; readonly result: LoadShareResult }[] = [];
  const lost: string[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind === 'failed') throw outcome.error;
    if (outcome.kind === 'lost') {
      lost.push(outcome.reason);
      continue;
    }
    const { name, result } = outcome;
    assertOwn(result.share, { index, of: outcomes.length });
    if (result.kind !== 'figures') throw noFigures(name);
    tally.merge(result.figures);
    done.push({ name, result });
    if (result.wasAborted) continue;
    // Each arrival of this plan is one request.
    const expected = countOf({ index, of: outcomes.length }, plan.count);
    assertMet(name, result.figures.ledger.planned, expected);
  }
  const wasAborted = done.some(({ result }) => result.wasAborted);
  if (wasAborted) tally.endAt(Math.max(...done.map(({ result }) => result.endedMs)));
  if (!wasAborted && lost.length === 0) assertMet('the whole load', tally.ledger.planned, plan.count);
  const connectErrors = done.reduce<ConnectErrors>(
    (sum, { result }) => addConnectErrors(sum, result.generator.connectErrors),
    {},
  );
  return { figures: tally, connectErrors, selfCheck: mergedCheck(done), lost, wasAborted };
}

function assertOwn(share: Share, expected: Share): void {
  if (share.index === expected.index && share.of === expected.of) return;
  throw shareError({
    kind: 'internal',
    code: 'BAD_SHARE',
    message: `the figures of share ${share.index} of ${share.of} came for share ${expected.index} of ${expected.of}`,
  });
}

function noFigures(name: string): Error {
  const message = `${name} was asked for figures and has none`;
  return shareError({ kind: 'internal', code: 'BAD_SHARE', message });
}

function assertMet(who: string, planned: number, expected: number): void {
  if (planned === expected) return;
  throw shareError({
    kind: 'internal',
    code: 'PLAN_NOT_MET',
    message: `${who} made ${planned} requests where its part of the plan has ${expected}`,
  });
}

/** The figures are those of all together; but one who was late spoils them, even where the others hide it. */
export function mergedCheck(
  done: readonly { readonly name: string; readonly result: Pick<ShareResult, 'generator'> }[],
): SelfCheck {
  const records = done.map(({ name, result }) => ({ name, record: decodeGenerator(result.generator) }));
  const figures = generatorFigures(mergeGenerators(records.map(({ record }) => record)));
  const reasons = records.flatMap(({ name, record }) =>
    checkGenerator(generatorFigures(record)).reasons.map((reason) =>
      done.length === 1 ? reason : `${name}: ${reason}`,
    ),
  );
  return { isSaturated: reasons.length > 0, reasons, figures };
}
