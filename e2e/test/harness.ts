import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const origin = 'http://kymo.test';

/** Bundles the preview's parts with a React, where that is not done yet; answers the folder. */
export function buildHarness(react: 18 | 19): string {
  const build = path.join(root, 'plugin/preview/harness/build.js');
  const { status, stderr } = spawnSync(process.execPath, [build, String(react)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return path.join(root, '.cache/harness', String(react));
}

export interface HarnessPage {
  readonly page: Page;
  /** What the page complained of. */
  readonly problems: string[];
  /** Opens it with a query such as `?state=stale`. */
  readonly open: (query: string) => Promise<void>;
}

/** A page that reads its files from a folder, and nothing from anywhere else. */
export async function harnessPage(
  browser: Browser,
  folder: string,
  options: { readonly colorScheme: 'dark' | 'light' },
): Promise<HarnessPage> {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    ...options,
  });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    // There is no exporter that could be asked whether it is a demo.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) {
      problems.push(message.text());
    }
  });
  await page.route(/.*/, (route) => {
    const { origin: from, pathname } = new URL(route.request().url());
    const isFile = from === origin && /^\/([\w.-]+\.(js|ttf))?$/.test(pathname);
    if (!isFile) return route.fulfill({ status: 404, body: '{}' });
    return route.fulfill({
      path: path.join(folder, pathname === '/' ? 'index.html' : pathname.slice(1)),
    });
  });
  const open = async (query: string): Promise<void> => {
    await page.goto(`${origin}/${query}`);
  };
  return { page, problems, open };
}
