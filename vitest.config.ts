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
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          ...timeouts,
        },
      },
    ],
  },
});
