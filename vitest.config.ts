import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute and more. What is begun last decides when a run ends, so these go first. */
const longest =
  /faults\/flow|e2e\/(crash|demo|retry|changes|up-and-down)|jobs\/(scale|upgrade)\.integration|contracts\/(playground|lab)|kubernetes\/release\.integration/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => longest.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/**
 * Files run side by side where each has servers, addresses and a Redis of its own; what shares a machine or a cloud runs
 * one file at a time.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{integration,e2e,docker,salt,boot,lab,thorough,bench}.test.ts'],
          // Loading what they import anew for each file takes four times as long as the tests.
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.{integration,e2e}.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          // More than there are cores on a small machine: half of the time is waiting.
          maxWorkers: 4,
          // No file changes what it imports, and loading it all anew takes a sixth of the time.
          isolate: false,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'docker',
          include: ['test/**/*.docker.test.ts'],
          globalSetup: ['test/support/global-setup.ts', 'test/docker/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'salt',
          include: ['test/**/*.salt.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Every machine is one of its own, and half of the time waits for Python to start.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'boot',
          include: ['test/**/*.boot.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/**/*.lab.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          // The contracts, for as long as all others together take, in one project of the cloud; the others in another.
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'bench',
          include: ['test/bench/*.bench.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'thorough',
          include: ['test/**/*.thorough.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
