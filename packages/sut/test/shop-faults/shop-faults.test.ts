import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { TestService } from '../shop-stage.ts';
import { brokerCases } from './broker-cases.ts';
import { crashCases } from './crash-cases.ts';
import { lastSteps } from './crash-steps.ts';
import { databaseCases } from './database-cases.ts';
import { deadlineCases } from './deadline-cases.ts';
import { type FaultRig, openFaultRig } from './fault-rig.ts';
import { longOutageCases } from './long-outage-cases.ts';
import { overloadCases } from './overload-cases.ts';
import { processCases } from './process-cases.ts';
import { silentCacheCases } from './silent-cache-cases.ts';
import { stampedeCases } from './stampede-cases.ts';

/** What becomes of a shop whose stores and processes fail. All of it on one booted shop, the stores' deaths last. */
let rig: FaultRig;
const booted = (): FaultRig => rig;

beforeAll(async () => {
  rig = await openFaultRig();
});

afterAll(async () => {
  expect(await rig.stage.close()).toEqual([]);
});

silentCacheCases(booted);
stampedeCases(booted);
deadlineCases(booted);
overloadCases(booted);

// No worker runs up to here: these bring their own.
crashCases(booted, lastSteps);
longOutageCases(booted);

describe('with two workers,', () => {
  let workers: readonly TestService[];
  beforeAll(async () => {
    workers = await Promise.all([rig.stage.start('worker', 1), rig.stage.start('worker', 2)]);
  });

  brokerCases(booted);
  databaseCases(booted);
  processCases(booted, () => workers);
});
