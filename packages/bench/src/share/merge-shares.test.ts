import { array, assert, constantFrom, double, integer, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { sampleAt } from '../../test/fixture/sample-at.ts';
import { mergeGenerators } from '../load/generator-record.ts';
import { REQUEST_OUTCOMES } from '../load/ledger.ts';
import type { Sample } from '../load/sample.ts';
import { arrivalOf, type Share, startTimesOf } from '../plan/share.ts';
import { createLoadTally } from './load-figures.ts';
import { mergeShares } from './merge-shares.ts';
import type { ShareOutcome } from './share-outcome.ts';
import { encodeGenerator, parseShareResult, type ShareResult } from './share-result.ts';
import { type LoadOrder, planOf } from './share-task.ts';

const ORDER: LoadOrder = {
  kind: 'load',
  version: 1,
  runId: 'load',
  url: 'http://127.0.0.1:8080/',
  trust: { kind: 'usual' },
  perSecond: 333.3,
  forMs: 1_000,
  arrivals: 'constant',
  seed: 1,
  maxInFlight: 10_000,
  timeoutMs: 1_000,
  sliceMs: 50,
};

type Treatment = Pick<Sample, 'outcome'> & { readonly tookMs: number };

/** What a share measures when the arrival with this index of the whole plan is treated so. */
function resultOf(order: LoadOrder, share: Share, treatmentOf: (arrival: number) => Treatment): ShareResult {
  const plan = planOf(order);
  const tally = createLoadTally({ totalMs: plan.totalMs, sliceMs: order.sliceMs });
  let place = 0;
  for (const intendedMs of startTimesOf(plan.startTimes(), share)) {
    const { outcome, tookMs } = treatmentOf(arrivalOf(share, place));
    tally.add(sampleAt(intendedMs, tookMs, { outcome, sentMs: intendedMs + 0.25 }));
    place += 1;
  }
  const generator = encodeGenerator({ ...mergeGenerators([]), arrivals: place });
  const result = {
    kind: 'figures',
    share,
    figures: tally.encode(),
    generator,
    endedMs: plan.totalMs + 9,
    wasAborted: false,
  };
  // As it travels.
  return parseShareResult(JSON.parse(JSON.stringify(result)));
}

function outcomesOf(
  order: LoadOrder,
  of: number,
  treatmentOf: (arrival: number) => Treatment,
): ShareOutcome[] {
  return Array.from({ length: of }, (_, index) => ({
    kind: 'done',
    name: `share ${index}`,
    result: resultOf(order, { index, of }, treatmentOf),
  }));
}

const FINE: Treatment = { outcome: 'ok', tookMs: 3 };

it('gives the same figures, however many shares the load was cut into', () => {
  const anyCase = record({
    perSecond: double({ min: 0.5, max: 900, noNaN: true }),
    of: integer({ min: 1, max: 9 }),
    treatments: array(
      record({
        outcome: constantFrom(...REQUEST_OUTCOMES),
        tookMs: double({ min: 0, max: 2_000, noNaN: true }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  });
  assert(
    property(anyCase, ({ perSecond, of, treatments }) => {
      const order = { ...ORDER, perSecond };
      const treatmentOf = (arrival: number): Treatment => treatments[arrival % treatments.length] ?? FINE;
      const whole = mergeShares(order, outcomesOf(order, 1, treatmentOf)).figures;
      const cut = mergeShares(order, outcomesOf(order, of, treatmentOf)).figures;
      expect(cut.ledger).toEqual(whole.ledger);
      expect(cut.ledger.planned).toBe(planOf(order).count);
      for (const quantile of [0.5, 0.9, 0.99, 0.999, 'max'] as const) {
        expect(cut.latencyMs(quantile)).toBe(whole.latencyMs(quantile));
        expect(cut.latencyFromSendMs(quantile)).toBe(whole.latencyFromSendMs(quantile));
      }
      expect(cut.availability()).toBe(whole.availability());
      expect(cut.outages()).toEqual(whole.outages());
    }),
    { numRuns: 60 },
  );
});

it('names a share that is lost, and adds up only what is there', () => {
  const [first, , third] = outcomesOf(ORDER, 3, () => FINE);
  if (first === undefined || third === undefined) throw new Error('there are three');
  const lost: ShareOutcome = { kind: 'lost', name: 'share 1', reason: 'share 1 was ended by SIGKILL' };
  const merged = mergeShares(ORDER, [first, lost, third]);
  expect(merged.lost).toEqual(['share 1 was ended by SIGKILL']);
  expect(merged.figures.ledger.planned).toBe(planOf(ORDER).count - 111);
});

it('refuses shares that are not those of the plan, or whose figures contradict themselves', () => {
  const outcomes = outcomesOf(ORDER, 3, () => FINE);
  const [first, second, third] = outcomes;
  if (first?.kind !== 'done' || second === undefined || third === undefined)
    throw new Error('there are three');
  expect(() => mergeShares(ORDER, [first, second, second])).toThrow('share 1 of 3 came for share 2 of 3');
  expect(() => mergeShares({ ...ORDER, perSecond: 400 }, outcomes)).toThrow(
    'made 112 requests where its part of the plan has 134',
  );
  if (first.result.kind !== 'figures') throw new Error('it has figures');
  const { ledger } = first.result.figures;
  const broken = { ...first.result, figures: { ...first.result.figures, ledger: { ...ledger, ok: 5 } } };
  expect(() => mergeShares(ORDER, [{ ...first, result: broken }, second, third])).toThrow(
    'contradict each other',
  );
  expect(() => mergeShares({ ...ORDER, sliceMs: 49 }, outcomes)).toThrow('20 slices where the plan has 21');
});

it('calls the load saturated when one generator was, and says which', () => {
  const [first, second] = outcomesOf(ORDER, 2, () => FINE);
  if (first === undefined || second?.kind !== 'done') throw new Error('there are two');
  const generator = { ...second.result.generator, loopLagMsP99: 80 };
  const merged = mergeShares(ORDER, [first, { ...second, result: { ...second.result, generator } }]);
  expect(merged.selfCheck.isSaturated).toBe(true);
  expect(merged.selfCheck.reasons).toEqual([
    'share 1: the event loop lagged 80.0 ms at p99; 50 ms is allowed',
  ]);
  expect(merged.selfCheck.figures.arrivals).toBe(planOf(ORDER).count);
});
