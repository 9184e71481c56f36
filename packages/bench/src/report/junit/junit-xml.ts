import { type Check, checkGroups, checksOf } from '../check/check.ts';
import type { Report } from '../report.ts';
import { type Element, xmlDocument } from './xml.ts';

const MS_PER_SECOND = 1_000;

/**
 * The drill as test results: a suite for each kind of question, a test case for each question. What failed is a
 * `failure`, what could not be told an `error`, what the drill did not come to is `skipped`. No attribute is used that
 * either of the common schemas (Jenkins' and Ant's) does not know, and none left out that one demands.
 */
export function junitXml(report: Report): string {
  const checks = checksOf(report);
  return xmlDocument({
    name: 'testsuites',
    attributes: {},
    content: checkGroups.map((group, index) =>
      suite(
        report,
        group,
        index,
        checks.filter((check) => check.group === group),
      ),
    ),
  });
}

function suite(report: Report, group: string, id: number, checks: readonly Check[]): Element {
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  const scenario = token(report.scenario.name);
  return {
    name: 'testsuite',
    attributes: {
      id,
      name: `${scenario}.${group}`,
      package: 'stormcart',
      // Ant's schema takes no zone and no fractions.
      timestamp: report.startedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
      hostname: 'localhost',
      tests: checks.length,
      failures: count('failed'),
      errors: count('unknown'),
      skipped: count('skipped'),
      // The drill is one piece of time: it is told once, or the sums of CI systems would multiply it.
      time: seconds(id === 0 ? report.tookMs : 0),
    },
    content: [
      { name: 'properties', attributes: {}, content: id === 0 ? properties(report) : [] },
      ...checks.map((check) => testCase(report, scenario, check)),
      { name: 'system-out', attributes: {}, content: id === 0 ? `again: ${report.again}` : '' },
      { name: 'system-err', attributes: {}, content: id === 0 ? report.reasons.join('\n') : '' },
    ],
  };
}

function properties({ scenario, verdict, exitCode, environment }: Report): readonly Element[] {
  const facts = {
    verdict,
    exitCode,
    scenario: scenario.file,
    seed: scenario.seed,
    topology: scenario.topology,
    ...environment,
  };
  return Object.entries(facts).map(([name, value]) => ({
    name: 'property',
    attributes: { name: token(name), value: String(value) },
  }));
}

function testCase({ scenario: { file } }: Report, scenario: string, check: Check): Element {
  const { group, name, state, reason, line, details } = check;
  const attributes = { name: token(name), classname: `stormcart.${scenario}.${group}`, time: seconds(0) };
  if (state === 'passed') return { name: 'testcase', attributes };
  const place = line === undefined ? file : `${file}:${line}`;
  const text = [place, ...details].join('\n');
  return { name: 'testcase', attributes, content: [outcome(state, group, reason, text)] };
}

function outcome(
  state: Exclude<Check['state'], 'passed'>,
  group: string,
  message: string,
  text: string,
): Element {
  switch (state) {
    case 'failed':
      return { name: 'failure', attributes: { message, type: group }, content: text };
    case 'unknown':
      return { name: 'error', attributes: { message, type: 'inconclusive' }, content: text };
    case 'skipped':
      return { name: 'skipped', attributes: { message } };
  }
}

function seconds(ms: number): string {
  return (ms / MS_PER_SECOND).toFixed(3);
}

/** A name as schemas take it: one line, not empty. */
function token(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim() || 'unnamed';
}
