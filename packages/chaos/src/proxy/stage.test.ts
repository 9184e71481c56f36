import { createRandom } from '@stormcart/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ToxicEffect } from '../toxic/toxic.ts';
import { toxicTable } from '../toxic/toxic-table.ts';
import type { ActiveToxic } from './active-toxic.ts';
import { drawConnection } from './active-toxic.ts';
import { Stage, type Step } from './stage.ts';

function stageOf(type: ActiveToxic['type'], given: unknown): Stage {
  const { attributes, action } = toxicTable[type].parse(given);
  if (action.kind !== 'connection') throw new Error('not on a connection');
  const toxic: ActiveToxic = {
    name: 't',
    type,
    stream: 'upstream',
    toxicity: 1,
    attributes,
    action,
    scope: 'all',
    seed: undefined,
    lease: undefined,
    order: 1,
    connectionsBefore: 0,
    hits: { connections: 0, chunks: 0 },
  };
  return new Stage(toxic, action.begin({ nowMs: 0, random: createRandom(1), passedBytes: 0 }));
}

function data(size: number): Step {
  return { kind: 'data', data: Buffer.alloc(size) };
}

/** Everything that is due by then. */
function drain(stage: Stage, nowMs: number): readonly Step[] {
  const steps: Step[] = [];
  for (let step = stage.next(nowMs); step !== undefined; step = stage.next(nowMs)) steps.push(step);
  return steps;
}

function byteCount(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'data' ? step.data.length : 0), 0);
}

describe('a stage', () => {
  it('gives latency back at its time, not before', () => {
    const stage = stageOf('latency', { latency: 100 });
    stage.take(data(5), 10);
    expect(stage.dueMs).toBe(110);
    expect(drain(stage, 109.9)).toEqual([]);
    expect(byteCount(drain(stage, 110))).toBe(5);
  });

  it('never lets the bandwidth exceed its rate over any time from its start', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0.01, max: 10_000, noNaN: true }), (chunks, rate) => {
        const stage = stageOf('bandwidth', { rate });
        for (const size of chunks) stage.take(data(size), 0);
        const total = chunks.reduce((sum, size) => sum + size, 0);
        let passed = 0;
        for (let tenth = 1; tenth <= 10; tenth += 1) {
          const nowMs = ((total / rate) * tenth) / 10;
          passed += byteCount(drain(stage, nowMs));
          expect(passed).toBeLessThanOrEqual(rate * nowMs + 1e-6 * total);
        }
        passed += byteCount(drain(stage, (total / rate) * (1 + 1e-9)));
        expect(passed).toBe(total);
      }),
    );
  });

  it('saves up no bandwidth while nothing is sent', () => {
    const stage = stageOf('bandwidth', { rate: 1 });
    stage.take(data(1_000), 60_000);
    expect(byteCount(drain(stage, 60_500))).toBeLessThanOrEqual(500);
    expect(byteCount(drain(stage, 61_000))).toBeGreaterThan(450);
  });

  it('is full when it holds its share, and takes more when that has gone', () => {
    const stage = stageOf('latency', { latency: 100 });
    for (let index = 0; index < 16; index += 1) stage.take(data(65_536), 0);
    expect(stage.isFull).toBe(true);
    drain(stage, 100);
    expect(stage.isFull).toBe(false);
  });

  it('is full of a flood of tiny chunks too', () => {
    const stage = stageOf('latency', { latency: 100 });
    for (let index = 0; index < 4_096; index += 1) stage.take(data(1), 0);
    expect(stage.isFull).toBe(true);
  });

  it('swallows everything in a timeout, the end included, and counts it once per connection', () => {
    const stage = stageOf('timeout', {});
    stage.take(data(5), 0);
    stage.take(data(5), 1);
    stage.take({ kind: 'end' }, 2);
    expect(drain(stage, 1e9)).toEqual([]);
    expect(stage.toxic.hits).toEqual({ connections: 1, chunks: 2 });
  });

  it('gives everything back in order once released, and is then over', () => {
    const stage = stageOf('latency', { latency: 100, jitter: 100 });
    const sent = [data(1), data(2), data(3)];
    for (const step of sent) stage.take(step, 0);
    stage.release();
    expect(stage.isOver).toBe(false);
    stage.take({ kind: 'end' }, 0);
    expect(drain(stage, 0)).toEqual([...sent, { kind: 'end' }]);
    expect(stage.isOver).toBe(true);
    expect(stage.toxic.hits.chunks).toBe(3);
  });
});

function drawn(name: string, stream: 'upstream' | 'downstream', toxicity = 0.5): readonly boolean[] {
  const toxic = { name, stream, toxicity, seed: undefined };
  return Array.from({ length: 64 }, (_, number) => drawConnection(toxic, 'seed', number) !== undefined);
}

it('gives what a flood of one-byte slices makes one by one, as it is asked for', () => {
  const stage = stageOf('slicer', { average_size: 1, delay: 1_000 });
  stage.take(data(65_536), 0);
  stage.take({ kind: 'end' }, 0);
  expect(stage.isFull).toBe(true);
  expect(byteCount(drain(stage, 99.5))).toBe(100);
  stage.release();
  const rest = drain(stage, 99.5);
  expect(byteCount(rest)).toBe(65_436);
  expect(rest.at(-1)).toEqual({ kind: 'end' });
  expect(stage.isOver).toBe(true);
});

function effectOf(type: ActiveToxic['type'], given: unknown, passedBytes: number): ToxicEffect {
  const { action } = toxicTable[type].parse(given);
  if (action.kind !== 'connection') throw new Error('not on a connection');
  return action.begin({ nowMs: 10, random: createRandom(1), passedBytes });
}

describe('a stage whose toxic is changed', () => {
  it('lets go what it held and treats the rest as it is told now', () => {
    const stage = stageOf('latency', { latency: 60_000 });
    stage.take(data(3), 0);
    stage.change(effectOf('latency', { latency: 50 }, stage.passedBytes));
    stage.take(data(4), 10);
    expect(byteCount(drain(stage, 10))).toBe(3);
    expect(stage.dueMs).toBe(60);
    expect(byteCount(drain(stage, 60))).toBe(4);
    expect(stage.isOver).toBe(false);
  });

  it('knows how much has passed', () => {
    const stage = stageOf('limit_data', { bytes: 1_000 });
    stage.take(data(600), 0);
    drain(stage, 0);
    stage.change(effectOf('limit_data', { bytes: 700 }, stage.passedBytes));
    stage.take(data(600), 10);
    const steps = drain(stage, 10);
    expect(byteCount(steps)).toBe(100);
    expect(steps.at(-1)).toEqual({ kind: 'cut' });
    stage.take(data(600), 11);
    stage.take({ kind: 'end' }, 11);
    expect(drain(stage, 1e9)).toEqual([]);
  });
});

it('draws the same connections for both directions of one fault, and others for another', () => {
  expect(drawn('hole_upstream', 'upstream')).toEqual(drawn('hole_downstream', 'downstream'));
  expect(drawn('other_upstream', 'upstream')).not.toEqual(drawn('hole_upstream', 'upstream'));
});

it('draws the same connections and more for a higher toxicity', () => {
  const fewer = drawn('hole', 'upstream', 0.2);
  const more = drawn('hole', 'upstream', 0.7);
  expect(fewer.filter(Boolean).length).toBeLessThan(more.filter(Boolean).length);
  expect(fewer.every((isMet, index) => !isMet || more[index])).toBe(true);
});
