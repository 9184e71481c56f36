import type { Report, ReportFault, ReportGate, ReportInvariant } from '../report.ts';

/** One of the questions that a verdict is made from, with its answer. */
export interface Check {
  readonly group: CheckGroup;
  /** Unique within its group, and the same in every run of a scenario. */
  readonly name: string;
  /** `unknown`: it could not be told. `skipped`: the drill did not come to it. */
  readonly state: 'passed' | 'failed' | 'unknown' | 'skipped';
  /** One sentence; empty when passed. */
  readonly reason: string;
  /** Of the scenario file, where the question stands there. */
  readonly line?: number;
  /** What was found, one sentence each. */
  readonly details: readonly string[];
}

export const checkGroups = ['drill', 'steady-state', 'gates', 'faults', 'audit'] as const;
type CheckGroup = (typeof checkGroups)[number];

type Answer = Omit<Check, 'group'>;

/**
 * Everything that the verdict rests on, one by one: it is a pass when all of these passed, a fail when one failed,
 * and inconclusive when none failed and one could not be told. As in the verdict, figures of a saturated generator are
 * not believed: what failed by them is unknown. After an interruption nothing was asked to the end, and where a part of
 * the load is missing nothing can be told.
 */
export function checksOf(report: Report): readonly Check[] {
  const answers: Readonly<Record<CheckGroup, readonly Answer[]>> = {
    drill: drillAnswers(report),
    'steady-state': [...report.steadyState.map((gate) => gateAnswer(gate, report)), ...unaskedAtEnd(report)],
    gates: report.gates.map((gate) => gateAnswer(gate, report)),
    faults: report.faults.map((fault) => faultAnswer(fault, report)),
    audit: report.audit.invariants.map(invariantAnswer),
  };
  const checks = checkGroups.flatMap((group) =>
    uniquelyNamed(answers[group]).map((answer): Check => ({ group, ...answer })),
  );
  if (report.verdict !== 'interrupted' && !isPartLost(report)) return checks;
  const reason = report.reasons.join('; ');
  return checks.map((check) =>
    check.group === 'drill' ? check : { ...check, state: 'skipped', reason, details: [] },
  );
}

function drillAnswers(report: Report): readonly Answer[] {
  const { endedEarly, verdict, reasons, availability, generator, audit } = report;
  const isInterrupted = verdict === 'interrupted';
  const isAborted = endedEarly?.kind === 'abort' && !isInterrupted;
  return [
    {
      ...answered('runs to its end', isInterrupted ? reasons.join('; ') : undefined),
      ...(isAborted
        ? { state: believed('failed', report), reason: `the drill was aborted: ${endedEarly.reason}` }
        : {}),
    },
    ...(report.agents === undefined
      ? []
      : [
          answered(
            'every agent tells what it saw',
            isPartLost(report) ? 'an agent was lost' : undefined,
            report.agents.lost,
          ),
        ]),
    answered(
      'measures requests',
      availability.successFraction === undefined ? 'no request was measured' : undefined,
    ),
    answered(
      'the load generator keeps up',
      generator.isSaturated ? 'the load generator was saturated' : undefined,
      generator.reasons,
    ),
    answered(
      'the system comes to rest',
      audit.isDrained ? undefined : 'the system did not come to rest',
      audit.remaining,
    ),
  ];
}

function answered(name: string, problem: string | undefined, details: readonly string[] = []): Answer {
  return { name, state: problem === undefined ? 'passed' : 'unknown', reason: problem ?? '', details };
}

function believed(state: 'failed', report: Report): 'failed' | 'unknown' {
  return report.generator.isSaturated || isPartLost(report) ? 'unknown' : state;
}

function isPartLost({ agents }: Report): boolean {
  return agents !== undefined && agents.lost.length > 0;
}

function gateAnswer(gate: ReportGate, report: Report): Answer {
  const states = { pass: 'passed', fail: believed('failed', report), unknown: 'unknown' } as const;
  const doubt =
    gate.kind === 'fail' && report.generator.isSaturated ? ', by a load generator that was saturated' : '';
  return {
    name: gate.when === undefined ? gate.text : `${gate.text} ${gate.when}`,
    state: states[gate.kind],
    reason: gate.kind === 'pass' ? '' : `${gate.reason}${doubt}`,
    line: gate.line,
    details: [`measured ${gate.measuredText}, wanted ${gate.limitText}`],
  };
}

/** Ended early, a drill never comes to its second look at the steady state. */
function unaskedAtEnd({ endedEarly, steadyState }: Report): readonly Answer[] {
  if (endedEarly === undefined) return [];
  return steadyState
    .filter(({ when }) => when === 'before the first fault')
    .map(({ text, line }) => ({
      name: `${text} at the end`,
      state: 'skipped',
      reason: `the drill ended early: ${endedEarly.reason}`,
      line,
      details: [],
    }));
}

function faultAnswer({ id, appliedMs, hits, problem, isVerified }: ReportFault, report: Report): Answer {
  const name = `fault ${id} is felt and ends`;
  if (appliedMs === undefined && problem === undefined && report.endedEarly !== undefined) {
    const reason = `the drill ended before it: ${report.endedEarly.reason}`;
    return { name, state: 'skipped', reason, details: [] };
  }
  const problems = [
    ...(hits === 0 ? [`the fault ${id} never hit anything`] : []),
    ...(problem === undefined ? [] : [`the fault ${id}: ${problem}`]),
    ...(problem === undefined && appliedMs !== undefined && !isVerified
      ? [`the fault ${id}: its end could not be verified`]
      : []),
  ];
  const [reason = ''] = problems;
  return { name, state: reason === '' ? 'passed' : 'unknown', reason, details: problems };
}

function invariantAnswer({ name, answer, findings, checkedCount }: ReportInvariant): Answer {
  const states = { holds: 'passed', violated: 'failed', unknown: 'unknown' } as const;
  const words = { holds: '', violated: `${name} is violated`, unknown: `${name} could not be told` };
  const [first] = findings;
  const detail = answer === 'holds' || first === undefined ? '' : `: ${first.message}`;
  return {
    name,
    state: states[answer],
    reason: `${words[answer]}${detail}`,
    details: [...findings.map(({ message }) => message), `${checkedCount} checked`],
  };
}

/** A scenario may ask the same thing twice; whoever follows names over many runs must not take them for one. */
function uniquelyNamed(answers: readonly Answer[]): readonly Answer[] {
  const taken = new Set<string>();
  return answers.map((answer) => {
    // Most readers of test results fold white space.
    const given = answer.name.replaceAll(/\s+/g, ' ').trim();
    let name = given;
    for (let count = 2; taken.has(name); count += 1) name = `${given} (${count})`;
    taken.add(name);
    return { ...answer, name };
  });
}
