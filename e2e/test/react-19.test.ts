import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumFile, startChromium } from './chromium.js';
import { buildHarness, harnessPage } from './harness.js';
import { hasPeer } from './processes.js';

const here = hasPeer(chromiumFile);
if (!here) {
  process.stderr.write(`\n*** ${chromiumFile} is missing: React 19 WAS NOT TESTED. ***\n\n`);
}

/** Grafana 13 has React 19. Its own code is not here: `@grafana/ui` is the one that was built for 18. */
describe.skipIf(!here)('under React 19', { timeout: 180_000 }, () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = buildHarness(19);
    browser = await startChromium();
  }, 300_000);

  afterAll(() => browser.close());

  test('every panel draws its frames', async () => {
    const { page, problems, open } = await harnessPage(browser, folder, { colorScheme: 'dark' });
    await open('?state=streaming');
    const region = (name: string) => page.getByRole('region', { name, exact: true });
    await region('Key figures').getByTestId('kymo-kpi-card').nth(5).waitFor();
    await region('Latency by time').getByTestId('kymo-heatmap').waitFor();
    await region('Protocols').getByTestId('kymo-protocol-row').nth(3).waitFor();
    await region('Latency p95, and what stands out').getByTestId('kymo-analysis-curve').waitFor();
    await region('Alerts').getByTestId('kymo-alert').nth(1).waitFor();
    await page.getByTestId('kymo-alert-open').first().click();
    await page.getByTestId('kymo-alert-details').waitFor();
    await page.getByTestId('kymo-alert-acknowledge').click();
    await page.getByTestId('kymo-alert-comment').fill('on it');
    expect(await page.locator('html').getAttribute('data-react')).toMatch(/^19\./);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("the datasource's editors are drawn, and take input", async () => {
    const { page, problems, open } = await harnessPage(browser, folder, { colorScheme: 'dark' });
    await open('?editors');
    const search = page.getByTestId('kymo-query-search');
    await search.fill('disk');
    await search.blur();
    expect(await search.inputValue()).toBe('disk');
    await page.getByTestId('kymo-config-url').fill('http://127.0.0.1:9797');
    expect(await page.getByTestId('kymo-config-url').inputValue()).toBe('http://127.0.0.1:9797');
    expect(problems).toEqual([]);
    await page.close();
  });
});
