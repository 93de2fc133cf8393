import path from 'node:path';
import type { PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig } from '@playwright/test';
import { chromiumFile, chromiumFlags } from '../test/chromium.js';
import { provisioning, root } from '../test/places.js';
import { cookies } from './session.js';

/** What Playwright and plugin-e2e leave behind: reports, and the cookies of whom they sign in. */
const files = path.join(root, '.cache/playwright');

/**
 * The editors and panels of the plugin in a real Grafana, with Grafana's own fixtures: they know where things
 * are in each version. The other tests of e2e/ run in vitest. `npm run e2e` runs both.
 */
export default defineConfig<PluginOptions>({
  testDir: '.',
  outputDir: path.join(files, 'results'),
  globalSetup: './global-setup.ts',
  // One Grafana and one browser at a time, as for the other tests.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env.CI === 'true',
  retries: process.env.CI ? 1 : 0,
  reporter: [['list'], ['json', { outputFile: path.join(root, '.cache/playwright.json') }]],
  use: {
    baseURL: process.env.GRAFANA_URL,
    storageState: cookies,
    viewport: { width: 1440, height: 1000 },
    provisioningRootDir: provisioning,
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromiumFile, args: [...chromiumFlags] },
  },
});
