import { afterAll, beforeAll, expect } from 'vitest';
import { type FrontRig, openFrontRig } from './front-rig.ts';
import { fuzzCases } from './fuzz-cases.ts';
import { saleCases } from './sale-cases.ts';

/** What comes through the front, all of it on one booted shop: the crowd first, and then whoever sends nonsense. */
let rig: FrontRig;
const booted = (): FrontRig => rig;

beforeAll(async () => {
  rig = await openFrontRig();
});

afterAll(async () => {
  expect(await rig.close()).toEqual([]);
});

saleCases(booted, [141]);
// Ends the shop, to see what it has logged.
fuzzCases(booted);
