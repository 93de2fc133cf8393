import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openPage, type Opened } from './dashboard-page.js';
import { until } from './processes.js';
import type { ProvidedDashboard } from './provisioned-grafana.js';

/** Opens a dashboard with all of its panels in view, as Grafana asks for no others. */
export async function openWhole(
  viewer: BrowserContext,
  url: string,
  { uid, panels }: ProvidedDashboard,
  range: string,
): Promise<Opened> {
  const opened = await openPage(viewer, 'about:blank');
  const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  await opened.page.setViewportSize({ width: 1440, height: rows * 38 + 140 });
  await opened.page.goto(`${url}/d/${uid}?kiosk&${range}`);
  return opened;
}

/** Waits until every panel is there and has data, and expects that none says of an error. */
export async function isWhole(page: Page, { panels }: ProvidedDashboard): Promise<void> {
  for (const { title, type } of panels) {
    if (type === 'row' || title === '') continue;
    // A title may be a choice in a list of another panel as well.
    const heading = page.getByText(title, { exact: true }).and(page.locator(':not(option)'));
    await heading.first().waitFor({ timeout: 60_000 });
  }
  const waiting = page.getByLabel('Panel loading bar');
  const empty = page.getByText('No data', { exact: true });
  await until(
    'every panel shows data',
    async () => (await waiting.count()) === 0 && (await empty.count()) === 0,
    120,
  );
  expect(await page.getByTestId(/Panel status error/).count()).toBe(0);
}

/** Makes a page as narrow as a telephone and waits until nothing of it hangs over. */
export async function fitsNarrow(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  const overhang = 'document.documentElement.scrollWidth - innerWidth';
  await until('it fits', async () => (await page.evaluate<number>(overhang)) <= 0);
}
