import { afterAll, beforeAll, expect } from 'vitest';
import { crashCases } from './crash-cases.ts';
import { everyStep } from './crash-steps.ts';
import { type FaultRig, openFaultRig } from './fault-rig.ts';

let rig: FaultRig;

beforeAll(async () => {
  rig = await openFaultRig();
});

afterAll(async () => {
  expect(await rig.stage.close()).toEqual([]);
});

crashCases(() => rig, everyStep);
