import type { InvariantAnswer, InvariantResult } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateResult } from './evaluate-gate.ts';
import { decideVerdict, type Evidence } from './verdict.ts';

const gate = (kind: GateResult['kind'], text = 'p99 < 1s'): GateResult => ({
  text,
  line: 1,
  kind,
  measuredText: '?',
  limitText: '?',
  reason: `${text} ${kind}`,
});
const steady = (kind: GateResult['kind']) => ({ ...gate(kind, 'success >= 99%'), when: 'at the end' });
const invariant = (answer: InvariantAnswer): InvariantResult => ({
  name: 'stock',
  answer,
  checkedCount: 1,
  findings: answer === 'holds' ? [] : [{ message: 'product 7 is short of 2', evidence: {} }],
});
const saturated = { isSaturated: true, reasons: ['slip of 90 ms'] };

const clean: Evidence = {
  gates: [gate('pass')],
  steadyState: [steady('pass')],
  invariants: [invariant('holds')],
  faults: [{ id: 'hole', hitCount: 3 }],
  unsettled: [],
  generator: { isSaturated: false, reasons: [] },
  droppedCount: 0,
  measuredCount: 100,
};

describe('a verdict', () => {
  it('is never more than inconclusive when a part of the load is missing, whatever the rest says', () => {
    const lost = ['agent north (share 1 of 3) is lost'];
    for (const rest of [
      {},
      { gates: [gate('fail')] },
      { invariants: [invariant('violated')] },
      { generator: saturated },
    ]) {
      expect(decideVerdict({ ...clean, ...rest, lost })).toEqual({ verdict: 'inconclusive', reasons: lost });
    }
    expect(decideVerdict({ ...clean, lost: [] }).verdict).toBe('pass');
  });

  it.each<[string, Partial<Evidence>, string, readonly string[]]>([
    ['all is well', {}, 'pass', []],
    [
      'there are no faults, gates or invariants',
      { faults: [], gates: [], steadyState: [], invariants: [] },
      'pass',
      [],
    ],
    ['a gate failed', { gates: [gate('pass'), gate('fail')] }, 'fail', ['p99 < 1s fail']],
    [
      'the steady state failed',
      { steadyState: [steady('fail')] },
      'fail',
      ['steady state at the end: success >= 99% fail'],
    ],
    [
      'an invariant is violated',
      { invariants: [invariant('violated')] },
      'fail',
      ['invariant stock is violated: product 7 is short of 2'],
    ],
    [
      'a fault did not happen as planned',
      { faults: [{ id: 'hole', hitCount: 1, problem: 'not applied: orders/2 is down' }] },
      'inconclusive',
      ['the fault hole: not applied: orders/2 is down'],
    ],
    [
      'the system did not come to rest',
      { unsettled: ['orders/2 is down'] },
      'inconclusive',
      ['the system did not come to rest: orders/2 is down'],
    ],
    [
      'it was aborted',
      { aborted: { reason: 'success < 50% for 5s' } },
      'fail',
      ['the drill was aborted: success < 50% for 5s'],
    ],
    ['a gate is unknown', { gates: [gate('unknown')] }, 'inconclusive', ['p99 < 1s unknown']],
    [
      'the steady state is unknown',
      { steadyState: [steady('unknown')] },
      'inconclusive',
      ['steady state at the end: success >= 99% unknown'],
    ],
    [
      'an invariant is unknown',
      { invariants: [invariant('unknown')] },
      'inconclusive',
      ['invariant stock could not be told: product 7 is short of 2'],
    ],
    [
      'a fault never fired',
      { faults: [{ id: 'hole', hitCount: 0 }] },
      'inconclusive',
      ['the fault hole never hit anything'],
    ],
    [
      'requests were never sent',
      { droppedCount: 7 },
      'inconclusive',
      ['7 requests were never sent: as many as load.maxInFlight allows were under way'],
    ],
    ['nothing was measured', { measuredCount: 0 }, 'inconclusive', ['no request was measured']],
    [
      'the generator was saturated',
      { generator: saturated },
      'inconclusive',
      ['the load generator was saturated: slip of 90 ms'],
    ],
    [
      'a gate failed and another is unknown',
      { gates: [gate('unknown'), gate('fail')] },
      'fail',
      ['p99 < 1s fail', 'p99 < 1s unknown'],
    ],
    [
      'a gate failed and a fault never fired',
      { gates: [gate('fail')], faults: [{ id: 'hole', hitCount: 0 }] },
      'fail',
      ['p99 < 1s fail', 'the fault hole never hit anything'],
    ],
    [
      'a gate failed under a saturated generator',
      { gates: [gate('fail')], generator: saturated },
      'inconclusive',
      ['the load generator was saturated: slip of 90 ms', 'p99 < 1s fail'],
    ],
    [
      'it was aborted under a saturated generator',
      { aborted: { reason: 'x' }, generator: saturated },
      'inconclusive',
      ['the load generator was saturated: slip of 90 ms', 'the drill was aborted: x'],
    ],
    [
      'an invariant is violated under a saturated generator',
      { invariants: [invariant('violated')], generator: saturated },
      'fail',
      [
        'invariant stock is violated: product 7 is short of 2',
        'the load generator was saturated: slip of 90 ms',
      ],
    ],
    [
      'an invariant is violated and nothing was measured',
      { invariants: [invariant('violated')], measuredCount: 0 },
      'fail',
      ['invariant stock is violated: product 7 is short of 2', 'no request was measured'],
    ],
  ])('when %s', (_name, change, verdict, reasons) => {
    expect(decideVerdict({ ...clean, ...change })).toEqual({ verdict, reasons });
  });

  it('counts further findings of an invariant', () => {
    const [first] = invariant('violated').findings;
    const many = {
      ...invariant('violated'),
      findings: [first, first, first].filter((each) => each !== undefined),
    };
    expect(decideVerdict({ ...clean, invariants: [many] }).reasons).toEqual([
      'invariant stock is violated: product 7 is short of 2 (and 2 more)',
    ]);
  });

  it('passes only when every piece of evidence is good, and says why when not', () => {
    const kinds = fc.array(fc.constantFrom('pass', 'fail', 'unknown'), { maxLength: 3 });
    const answers = fc.array(fc.constantFrom('holds', 'violated', 'unknown'), { maxLength: 3 });
    const evidence = fc.record({
      gates: kinds.map((all) => all.map((kind) => gate(kind))),
      steadyState: kinds.map((all) => all.map((kind) => steady(kind))),
      invariants: answers.map((all) => all.map(invariant)),
      faults: fc.array(fc.record({ id: fc.constant('f'), hitCount: fc.nat(2) }), { maxLength: 2 }),
      unsettled: fc.array(fc.constant('outbox: 3 rows'), { maxLength: 1 }),
      generator: fc.constantFrom(saturated, clean.generator),
      droppedCount: fc.nat(1),
      measuredCount: fc.nat(2),
    });
    fc.assert(
      fc.property(evidence, (each) => {
        const { verdict, reasons } = decideVerdict(each);
        const isViolated = each.invariants.some(({ answer }) => answer === 'violated');
        const isMissed = [...each.gates, ...each.steadyState].some(({ kind }) => kind === 'fail');
        const isGood =
          [...each.gates, ...each.steadyState].every(({ kind }) => kind === 'pass') &&
          each.invariants.every(({ answer }) => answer === 'holds') &&
          each.faults.every(({ hitCount }) => hitCount > 0) &&
          each.unsettled.length === 0 &&
          !each.generator.isSaturated &&
          each.droppedCount === 0 &&
          each.measuredCount > 0;
        expect(verdict === 'pass').toBe(isGood);
        expect(verdict === 'fail').toBe(isViolated || (isMissed && !each.generator.isSaturated));
        expect(reasons.length === 0).toBe(isGood);
      }),
      { numRuns: 1_000 },
    );
  });
});
