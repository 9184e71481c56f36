import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiskState, planDiskFill } from './plan-disk-fill.ts';

const GIB = 1_073_741_824;
const small: DiskState = { totalBytes: GIB, freeBytes: 1_000, isRoot: false };
const large: DiskState = { totalBytes: 100 * GIB, freeBytes: 1_000, isRoot: false };
const root: DiskState = { totalBytes: GIB, freeBytes: 1_000, isRoot: true };

describe('filling a disk', () => {
  it.each([
    [small, 0, undefined, 1_000],
    [small, 100, undefined, 900],
    [small, 100, 300, 300],
    [small, 100, 5_000, 900],
    [large, 0, 500, 500],
    [root, 0, 500, 500],
    [root, 700, 500, 300],
  ])('of %j takes down to %i, up to %j: %i', (disk, leaveBytes, sizeBytes, taken) => {
    expect(planDiskFill({ disk, leaveBytes, sizeBytes })).toEqual({ kind: 'fill', bytes: taken });
  });

  it.each([
    [root, 0, undefined, "the machine's own disk, which is never filled: size is missing"],
    [root, 0, 501, '501B is too much'],
    [large, 0, undefined, 'on a disk of 100GiB'],
    [small, 1_000, undefined, 'only 1000B is free already'],
  ])('of %j down to %i, up to %j is refused', (disk, leaveBytes, sizeBytes, message) => {
    const plan = planDiskFill({ disk, leaveBytes, sizeBytes });
    expect(plan).toMatchObject({ kind: 'refused', message: expect.stringContaining(message) });
  });

  it('never takes more than half of the machine’s free room, nor what is to stay free', () => {
    const count = fc.nat({ max: 1_000_000 });
    const size = fc.option(count, { nil: undefined });
    fc.assert(
      fc.property(count, count, size, fc.boolean(), (freeBytes, leaveBytes, sizeBytes, isRoot) => {
        const disk = { totalBytes: GIB, freeBytes, isRoot };
        const plan = planDiskFill({ disk, leaveBytes, sizeBytes });
        if (plan.kind === 'refused') return;
        expect(plan.bytes).toBeLessThanOrEqual(Math.min(sizeBytes ?? freeBytes, freeBytes - leaveBytes));
        if (isRoot) expect(plan.bytes).toBeLessThanOrEqual(freeBytes / 2);
      }),
    );
  });
});
