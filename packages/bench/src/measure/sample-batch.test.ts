import { expect, it } from 'vitest';
import { sampleAt } from '../../test/fixture/sample-at.ts';
import { createSampleBatch } from './sample-batch.ts';

it('hands over every sample once and in order, whenever somebody asks', () => {
  const summedUp: number[] = [];
  const batch = createSampleBatch((samples) => summedUp.push(...samples.map(({ intendedMs }) => intendedMs)));
  const all = Array.from({ length: 1_000 }, (_, place) => place);
  for (const place of all) {
    batch.add(sampleAt(place, 1));
    if (place % 37 === 0) batch.settle();
  }
  batch.settle();
  batch.settle();
  expect(summedUp).toEqual(all);
});

it('sums up by itself before much has gathered', () => {
  let summedUp = 0;
  const batch = createSampleBatch((samples) => {
    summedUp += samples.length;
  });
  for (let place = 0; place < 10_000; place += 1) batch.add(sampleAt(place, 1));
  expect(summedUp).toBeGreaterThan(9_700);
});
