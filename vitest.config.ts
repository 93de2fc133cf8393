import { defineConfig } from 'vitest/config';

// Real peers are started by many tests; a slow machine must not fail them.
const timeouts = { testTimeout: 60_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'exporter',
          include: ['exporter/test/**/*.test.ts'],
          setupFiles: ['exporter/test/property-seed.ts'],
          sequence: { groupOrder: 0 },
          ...timeouts,
        },
      },
      {
        test: {
          name: 'plugin',
          include: ['plugin/test/**/*.test.ts'],
          sequence: { groupOrder: 0 },
          ...timeouts,
        },
      },
      {
        // After the others and one at a time: what is scraped every second must not wait for them.
        test: {
          name: 'e2e',
          include: ['e2e/test/**/*.test.ts'],
          globalSetup: ['e2e/test/global-setup.ts'],
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          // Browsers and peers on a machine that others use too: what fails once is tried once more,
          // and the report says so. Not at a desk, where it is to be found out why.
          retry: process.env.CI ? 1 : 0,
          ...timeouts,
        },
      },
    ],
  },
});
