import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type Chromium } from './chromium.js';

interface Wanted {
  readonly subject: string;
  readonly count?: number;
  /** CSS pixels. */
  readonly height: number;
  readonly ratio: number;
}

/** Opens one panel in the preview's host, which waits for its first feed. */
export async function openHarness(
  { browser }: Chromium,
  { subject, count, height, ratio }: Wanted,
): Promise<Page> {
  const folder = path.resolve('.cache/harness/18');
  const build = path.resolve('plugin/preview/harness/build.js');
  const { status } = spawnSync(process.execPath, [build, '18'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the page could not be built');
  const page = await browser.newPage({
    viewport: { width: 1440, height },
    deviceScaleFactor: ratio,
    colorScheme: 'dark',
  });
  await page.route(/.*/, (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname === '/' ? 'index.html' : pathname.slice(1);
    return route.fulfill({ path: path.join(folder, path.basename(file)) });
  });
  const many = count === undefined ? '' : `&count=${count}`;
  await page.goto(`http://kymo.test/?bench=${subject}${many}`);
  await page.waitForFunction('window.kymoFeed !== undefined');
  return page;
}
