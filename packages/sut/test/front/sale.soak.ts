import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type FrontRig, openFrontRig } from './front-rig.ts';
import { saleCases } from './sale-cases.ts';

let rig: FrontRig;
const booted = (): FrontRig => rig;

beforeAll(async () => {
  rig = await openFrontRig();
});

afterAll(async () => {
  expect(await rig.close()).toEqual([]);
});

const skus = (first: number): readonly number[] => Array.from({ length: 10 }, (_, index) => first + index);

saleCases(booted, skus(3_001));

describe('while as many others as there are processors want all of them,', () => {
  let others: readonly Worker[];
  beforeAll(() => {
    const spin = 'for (;;);';
    others = Array.from({ length: availableParallelism() }, () => new Worker(spin, { eval: true }));
  });
  afterAll(async () => {
    await Promise.all(others.map((other) => other.terminate()));
  });

  saleCases(booted, skus(3_101));
});
