import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRequestTotals, LATENCY_BOUNDS_SECONDS } from './request-totals.ts';

it('puts each latency into the bucket whose bound it does not exceed', () => {
  const latencies = fc.array(fc.double({ min: 0, max: 20_000, noNaN: true }), { maxLength: 100 });
  fc.assert(
    fc.property(latencies, (list) => {
      const totals = createRequestTotals();
      for (const ms of list) {
        const times = { intendedMs: 1_000, sentMs: 1_000, endedMs: 1_000 + ms };
        totals.add({ journey: 'browse', route: 'product', outcome: 'ok', status: 200, ...times });
      }
      const [total] = totals.read();
      expect(total?.count ?? 0).toBe(list.length);
      for (const [place, bound] of LATENCY_BOUNDS_SECONDS.entries()) {
        const upTo = total?.fromSend.counts.slice(0, place + 1).reduce((sum, count) => sum + count, 0) ?? 0;
        expect(upTo).toBe(list.filter((ms) => (1_000 + ms - 1_000) / 1_000 <= bound).length);
      }
    }),
  );
});

it('counts what was dropped, without a latency', () => {
  const totals = createRequestTotals();
  totals.add({
    journey: 'browse',
    route: 'product',
    outcome: 'dropped',
    intendedMs: 0,
    sentMs: undefined,
    endedMs: 0,
    status: undefined,
  });
  expect(totals.read()).toMatchObject([{ outcome: 'dropped', count: 1, fromIntended: { count: 0 } }]);
});
