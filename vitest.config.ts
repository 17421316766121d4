import { defineConfig } from 'vitest/config';

/**
 * Integration tests that share nothing with others: servers, processes and folders of their own, on free ports. The rest
 * shares a Redis, whose channels all of its databases have in common, or addresses of the playground's servers.
 */
const apart = [
  'test/contracts/**/*.integration.test.ts',
  'test/jobs/{download/**/*,official-release}.integration.test.ts',
  'test/{kubernetes,openstack,templates}/**/*.integration.test.ts',
  'test/playground/{cloud,kubernetes-tree}/**/*.integration.test.ts',
];

/** Unit tests run side by side, and so do those apart; what shares a Redis or a machine runs one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{integration,e2e,docker,lab}.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.{integration,e2e}.test.ts'],
          exclude: apart,
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'apart',
          include: apart,
          maxWorkers: 4, // they mostly wait
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
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
          name: 'lab',
          include: ['test/**/*.lab.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
