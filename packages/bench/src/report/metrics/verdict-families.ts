import { checksOf } from '../check/check.ts';
import type { Report } from '../report.ts';
import type { MetricFamily } from './family.ts';

/** What is known only once a drill is over. */
export function verdictFamilies(report: Report): readonly MetricFamily[] {
  return VERDICT_FAMILIES.map((familyOf) => familyOf(report));
}

const MS_PER_SECOND = 1_000;
const VERDICTS = ['pass', 'fail', 'inconclusive', 'interrupted'] as const;

const VERDICT_FAMILIES: readonly ((report: Report) => MetricFamily)[] = [
  ({ verdict }) => ({
    name: 'stormcart.drill.verdict',
    unit: '',
    help: '1 at the verdict that the drill came to, 0 at the others.',
    data: {
      kind: 'gauge',
      points: VERDICTS.map((each) => ({ labels: { verdict: each }, value: each === verdict ? 1 : 0 })),
    },
  }),
  (report) => ({
    name: 'stormcart.check.passed',
    unit: '',
    help: '1 where a gate, an invariant or another question of the verdict passed; state says what else it did.',
    data: {
      kind: 'gauge',
      points: checksOf(report).map(({ group, name, state }) => ({
        labels: { group, check: name, state },
        value: state === 'passed' ? 1 : 0,
      })),
    },
  }),
  ({ faults }) => ({
    name: 'stormcart.fault.hits',
    unit: '{hit}',
    help: 'How often a fault was felt.',
    data: { kind: 'counter', points: faults.map(({ id, hits }) => ({ labels: { fault: id }, value: hits })) },
  }),
  ({ faults }) => ({
    name: 'stormcart.recovery.duration',
    unit: 's',
    help: 'To the first of three good slices in a row, from the start or the end of the fault; absent when it stayed down.',
    data: {
      kind: 'gauge',
      points: faults.flatMap(({ id, recoveryFromStartMs, recoveryFromEndMs }) =>
        Object.entries({ start: recoveryFromStartMs, end: recoveryFromEndMs }).flatMap(([from, ms]) =>
          ms === undefined ? [] : [{ labels: { fault: id, from }, value: ms / MS_PER_SECOND }],
        ),
      ),
    },
  }),
  ({ availability: { errorBudgetUsed } }) => ({
    name: 'stormcart.error_budget.used',
    unit: '1',
    help: "Share of the objective's error budget that the downtime used.",
    data: {
      kind: 'gauge',
      points: errorBudgetUsed === undefined ? [] : [{ labels: {}, value: errorBudgetUsed }],
    },
  }),
  ({ processEvents }) => {
    const deaths = new Map<string, number>();
    for (const { name, state } of processEvents) {
      if (state === 'down') deaths.set(name, (deaths.get(name) ?? 0) + 1);
    }
    return {
      name: 'stormcart.process.deaths',
      unit: '',
      help: 'How often a process went down without having been told to.',
      data: {
        kind: 'counter',
        points: [...deaths].map(([process, value]) => ({ labels: { process }, value })),
      },
    };
  },
];
