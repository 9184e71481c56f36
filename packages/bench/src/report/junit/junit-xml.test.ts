import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyReport } from '../../../test/fixture/any-report.ts';
import { readXml, type XmlNode } from '../../../test/fixture/read-xml.ts';
import { simulateReport } from '../../../test/fixture/simulated-drill.ts';
import { junitXml } from './junit-xml.ts';

const casesOf = (suite: XmlNode): readonly XmlNode[] =>
  suite.children.filter(({ name }) => name === 'testcase');
const endingsOf = (suites: readonly XmlNode[], kind: string): readonly XmlNode[] =>
  suites.flatMap(casesOf).flatMap(({ children }) => children.filter(({ name }) => name === kind));

describe('junit.xml', () => {
  it('is well-formed and counts right, whatever the texts of a report are', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const suites = readXml(junitXml(report)).children;
        for (const suite of suites) {
          const counts = { tests: 'testcase', failures: 'failure', errors: 'error', skipped: 'skipped' };
          for (const [attribute, kind] of Object.entries(counts)) {
            const found = kind === 'testcase' ? casesOf(suite) : endingsOf([suite], kind);
            expect(Number(suite.attributes[attribute])).toBe(found.length);
          }
        }
        const names = suites.flatMap(casesOf).map(({ attributes }) => JSON.stringify(attributes));
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it('has a failure where the drill failed, an error where it could not be told, and neither where it passed', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const suites = readXml(junitXml(report)).children;
        const [failures, errors] = [endingsOf(suites, 'failure').length, endingsOf(suites, 'error').length];
        expect(failures > 0).toBe(report.verdict === 'fail');
        if (failures === 0) expect(errors > 0).toBe(report.verdict === 'inconclusive');
      }),
    );
  });

  it('says of a missed gate what was measured and where it is written', () => {
    const failures = endingsOf(readXml(junitXml(simulateReport({ outcome: 'fails' }))).children, 'failure');
    const [gate] = failures.filter(({ attributes }) => attributes['message']?.startsWith('availability'));
    expect(gate?.attributes['message']).toMatch(/^availability >= 99%: failed, measured \d+(\.\d+)?%$/);
    expect(gate?.text).toContain('drill.yaml:20');
    expect(gate?.text).toContain('wanted >= 99%');
  });

  it('keeps texts as they are', () => {
    const report = {
      ...simulateReport({ outcome: 'passes' }),
      again: 'run </script> "a" & <b>\r\n]]>\u0000',
    };
    const [suite] = readXml(junitXml(report)).children;
    const output = suite?.children.find(({ name }) => name === 'system-out')?.text;
    expect(output).toBe('again: run </script> "a" & <b>\r\n]]>\uFFFD');
  });
});
