import { expect, it } from 'vitest';
import { simulateDrill } from '../../../test/fixture/simulated-drill.ts';
import { buildReport } from '../build-report.ts';
import { slicesCsv } from './slices-csv.ts';

it('lists the slices that the report counts, and the faults of each', () => {
  const record = simulateDrill({ outcome: 'fails' });
  const { measurement } = record.performance;
  const { availability } = buildReport(record);
  const [head, ...rows] = slicesCsv(measurement.slices(), measurement.faultWindows()).trimEnd().split('\r\n');
  expect(head).toBe('start_ms,end_ms,planned,ok,answered,state,faults');
  expect(rows.map((row) => (row.includes(',up,') ? '+' : '-')).join('')).toBe(availability.slices);
  expect(rows[0]).toMatch(/^5000,5200,\d+,\d+,\d+,up,$/);
  expect(rows[60]).toMatch(/^17000,17200,\d+,\d+,\d+,(up|down),hole$/);
  const measured = rows.reduce((sum, row) => sum + Number(row.split(',')[2]), 0);
  expect(measured).toBe(measurement.count('planned', {}));
});

it('quotes what a table would take for its own', () => {
  const slices = [{ planned: 1, ok: 1, answered: 1 }];
  const text = slicesCsv({ startMs: 0, endMs: 100, sliceMs: 200, slices, up: [true] }, [
    { id: 'a,"b"', startMs: 0, endMs: 50 },
  ]);
  expect(text.split('\r\n')[1]).toBe('0,100,1,1,1,up,"a,""b"""');
});
