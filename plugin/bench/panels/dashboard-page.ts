import type { Page } from 'playwright-core';
import { settle, type Chromium } from './chromium.js';

/** Opens a dashboard that shows `shown` when it is there. */
export async function openDashboard(
  { browser }: Chromium,
  url: string,
  shown: string,
): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 1300 },
    colorScheme: 'dark',
  });
  await page.goto(url);
  await page.locator(shown).first().waitFor({ timeout: 60_000 });
  await settle('opened');
  return page;
}

/** The same dashboard with a fixed range, in which nothing moves. */
export const atRest = (url: string, window: number): string => {
  const now = Date.now();
  return `${url}&from=${now - window}&to=${now}`;
};
