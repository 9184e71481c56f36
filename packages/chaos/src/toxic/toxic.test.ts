import { createRandom } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkFaultKinds } from '../fault/link/link-kinds.ts';
import type { Delivery, ToxicEffect } from './toxic.ts';
import { isToxicType, toxicTable } from './toxic-table.ts';

function effectOf(type: keyof typeof toxicTable, given: unknown, passedBytes = 0, seed = 1): ToxicEffect {
  const { action } = toxicTable[type].parse(given);
  if (action.kind !== 'connection') throw new Error('not on a connection');
  return action.begin({ nowMs: 0, random: createRandom(seed), passedBytes });
}

function sizes(deliveries: Iterable<Delivery>): readonly number[] {
  return [...deliveries].map(({ data }) => data.length);
}

function join(deliveries: Iterable<Delivery>): Buffer {
  return Buffer.concat([...deliveries].map(({ data }) => data));
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 5_000 }).map((array) => Buffer.from(array));

describe('the slicer', () => {
  it('cuts pieces within its range, and loses, adds and moves no byte', () => {
    const options = fc
      .record({
        average: fc.integer({ min: 1, max: 500 }),
        part: fc.double({ min: 0, max: 0.99, noNaN: true }),
      })
      .map(({ average, part }) => ({ average_size: average, size_variation: Math.floor(average * part) }));
    fc.assert(
      fc.property(bytes, options, (chunk, attributes) => {
        const pieces = [...effectOf('slicer', attributes).data(chunk, 0)];
        expect(join(pieces).equals(chunk)).toBe(true);
        const { average_size: average, size_variation: variation } = attributes;
        for (const size of sizes(pieces.slice(0, -1))) {
          expect(size).toBeGreaterThanOrEqual(average - variation);
          expect(size).toBeLessThanOrEqual(average + variation);
        }
        expect(pieces.at(-1)?.data.length).toBeLessThanOrEqual(average + variation);
      }),
    );
  });

  it('cuts pieces of its average size on average, over the whole of its range', () => {
    const effect = effectOf('slicer', { average_size: 100, size_variation: 50 });
    const cut = sizes(effect.data(Buffer.alloc(1_000_000), 0)).slice(0, -1);
    const mean = cut.reduce((sum, size) => sum + size, 0) / cut.length;
    // Uniform over 101 sizes: standard deviation 29.2, of the mean of 10,000 pieces 0.29.
    expect(mean).toBeGreaterThan(98.5);
    expect(mean).toBeLessThan(101.5);
    expect(Math.min(...cut)).toBe(50);
    expect(Math.max(...cut)).toBe(150);
  });

  it('spaces pieces by its delay in microseconds, from chunk to chunk too, and saves up no time', () => {
    const effect = effectOf('slicer', { average_size: 10, delay: 500 });
    expect([...effect.data(Buffer.alloc(25), 0)].map(({ dueMs }) => dueMs)).toEqual([0, 0.5, 1]);
    expect([...effect.data(Buffer.alloc(15), 0.1)].map(({ dueMs }) => dueMs)).toEqual([1.5, 2]);
    expect([...effect.data(Buffer.alloc(15), 100)].map(({ dueMs }) => dueMs)).toEqual([100, 100.5]);
  });
});

describe('limit_data', () => {
  it('lets exactly its bytes pass, however they come, and is spent then', () => {
    const chunks = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(chunks, fc.nat(20_000), fc.nat(3_000), (lengths, limit, passedBytes) => {
        const effect = effectOf('limit_data', { bytes: limit }, passedBytes);
        const leftBytes = Math.max(0, limit - passedBytes);
        let sent = 0;
        let passed = 0;
        for (const length of lengths) {
          sent += length;
          passed += sizes(effect.data(Buffer.alloc(length), 0)).reduce((sum, size) => sum + size, 0);
          expect(passed).toBe(Math.min(sent, leftBytes));
          expect(effect.isSpent?.()).toBe(sent >= leftBytes);
        }
      }),
    );
  });
});

describe('corrupt', () => {
  it('changes the same bytes however they are cut into chunks, and leaves what it was given alone', () => {
    fc.assert(
      fc.property(bytes, fc.nat(5_000), fc.double({ min: 0, max: 1, noNaN: true }), (sent, cut, share) => {
        const before = Buffer.from(sent);
        const whole = join(effectOf('corrupt', { byte_share: share }).data(sent, 0));
        const effect = effectOf('corrupt', { byte_share: share });
        const parts = [sent.subarray(0, cut), sent.subarray(cut)].map((part) => join(effect.data(part, 0)));
        expect(Buffer.concat(parts).equals(whole)).toBe(true);
        expect(sent.equals(before)).toBe(true);
        expect(whole).toHaveLength(sent.length);
      }),
    );
  });

  it('never leaves a byte that it hits as it was', () => {
    const sent = Buffer.alloc(10_000, 7);
    expect(join(effectOf('corrupt', { byte_share: 1 }).data(sent, 0)).includes(7)).toBe(false);
  });
});

describe('slow_close', () => {
  it('delays the end and nothing else', () => {
    const effect = effectOf('slow_close', { delay: 250 });
    expect([...effect.data(Buffer.alloc(3), 10)].map(({ dueMs }) => dueMs)).toEqual([10]);
    expect(effect.endDueMs(10)).toBe(260);
  });
});

describe('the table', () => {
  it('has a toxic for every kind of link fault, and no other', () => {
    expect(Object.keys(toxicTable).toSorted()).toEqual(Object.keys(linkFaultKinds).toSorted());
    expect(isToxicType('latency')).toBe(true);
    for (const other of ['', 'Latency', 'toString', '__proto__']) expect(isToxicType(other)).toBe(false);
  });

  it('ignores attributes that a toxic does not know', () => {
    for (const [type, toxic] of Object.entries(toxicTable)) {
      const given = { ...(type === 'slicer' ? { average_size: 1 } : {}), colour: 'blue' };
      expect(toxic.parse(given).attributes).not.toHaveProperty('colour');
    }
  });

  it('takes no number that is none, whatever the toxic', () => {
    for (const [type, toxic] of Object.entries(toxicTable)) {
      const usual = type === 'slicer' ? { average_size: 8 } : {};
      for (const name of Object.keys(toxic.parse(usual).attributes)) {
        for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300, '1', true, null, [], {}]) {
          expect(
            () => toxic.parse({ ...usual, [name]: value }),
            `${type}.${name} ${JSON.stringify(value)}`,
          ).toThrow('accepted is');
        }
      }
    }
  });
});
