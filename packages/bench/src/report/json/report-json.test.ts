import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { simulateReport } from '../../../test/fixture/simulated-drill.ts';
import { type Report, reportFormat } from '../report.ts';
import { reportSchema } from '../report-schema.ts';
import { reportJson } from './report-json.ts';

it('says what JSON.stringify says, of any plain data', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const report = { value } as unknown as Report;
      expect(JSON.parse(reportJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
    }),
  );
});

it.each(['passes', 'fails', 'cannot be told'] as const)(
  'holds nothing that its schema does not describe, and all that it demands, when the drill %s',
  (outcome) => {
    const written: unknown = JSON.parse(reportJson(simulateReport({ outcome })));
    // Zod drops what a schema does not know: what comes back whole was described.
    expect(reportFormat.parse(written)).toEqual(written);
    expect(z.fromJSONSchema(reportSchema()).safeParse(written).success).toBe(true);
  },
);

it('is refused by its schema when a member is missing or of another kind', () => {
  const { verdict: _, ...unjudged } = simulateReport({ outcome: 'passes' });
  const published = z.fromJSONSchema(reportSchema());
  expect(published.safeParse(unjudged).success).toBe(false);
  expect(published.safeParse({ ...unjudged, verdict: 'good' }).success).toBe(false);
});
