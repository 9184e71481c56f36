import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest files, the longest first: begun last, one of them would keep everybody waiting alone. */
const LONGEST: readonly string[] = [
  'sut/test/shop-faults/shop-faults.test.ts',
  'bench/test/always-ends.test.ts',
  'sut/test/shop/shop.test.ts',
  'bench/test/store-faults.test.ts',
  'bench/test/own-system.test.ts',
  'sut/test/contract/contract.test.ts',
  'sut/test/front/front.test.ts',
  'sut/test/boot-shop.test.ts',
];

/** Files that judge times, or run several shops at once themselves. */
const ALONE: readonly string[] = [
  'packages/bench/test/ab.test.ts',
  'packages/bench/test/cli-load.test.ts',
  'packages/bench/test/drill.test.ts',
  'packages/bench/test/load-driver.test.ts',
  'packages/bench/test/load-visits.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return index === -1 ? LONGEST.length : index;
    };
    return files.toSorted((left, right) => place(left) - place(right));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          // They change nothing that others see: loading every module anew for each file took 50 s of 85.
          isolate: false,
          include: ['packages/*/src/**/*.test.ts'],
          testTimeout: 10_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Real stores and processes share two cores, and mostly wait: two files at a time. More starve each other.
        test: {
          name: 'system',
          include: ['packages/*/test/**/*.test.ts'],
          exclude: [...ALONE],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'alone',
          include: [...ALONE],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Longer than a merge should wait: npm run test:soak.
        test: {
          name: 'soak',
          include: ['packages/*/test/**/*.soak.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
