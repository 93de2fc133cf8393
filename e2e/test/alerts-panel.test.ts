import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumFile, startChromium } from './chromium.js';
import { buildHarness, harnessPage } from './harness.js';
import { shots } from './places.js';
import { hasPeer, until } from './processes.js';

const here = hasPeer(chromiumFile);
if (!here) {
  process.stderr.write(
    `\n*** ${chromiumFile} is missing: the alerts panel WAS NOT TESTED. ***\n\n`,
  );
}

const HOUR = 3_600_000;
/** On a whole second, so long ago that curves do not grow any more. */
const since = Math.floor(Date.now() / 1000) * 1000 - 2 * HOUR;
const errors = {
  name: 'Errors',
  fingerprint: 'errors',
  severity: 'critical',
  value: 0.335,
  operator: '>',
  threshold: 0.1,
  unit: 'percentunit',
  summary: 'a third fails',
  explanation: 'Expected are 0 to 2 %.',
  runbook: 'https://runbooks.example/errors',
  labels: { alertname: 'Errors', protocol: 'grpc' },
  compared: 'a',
  since,
  firedAt: since,
};
const disk = { ...errors, name: 'Disk', fingerprint: 'disk', severity: 'warning', runbook: null };
const taken = { ...disk, name: 'Taken', fingerprint: 'taken', acknowledgedBy: 'ada' };
const over = { ...errors, state: 'inactive', resolvedAt: since + 60_000 };
const ended = [{ time: since + 60_000, what: 'resolved', text: 'the condition is over' }];

interface Asked {
  readonly what: string;
  readonly fingerprint: string;
  readonly how?: { readonly comment: string; readonly until?: number };
}

describe.skipIf(!here)('the alerts panel', { timeout: 120_000 }, () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = buildHarness(18);
    browser = await startChromium();
    mkdirSync(shots, { recursive: true });
  }, 300_000);

  afterAll(() => browser.close());

  async function open(width: number, colorScheme: 'dark' | 'light' = 'dark') {
    const { page, problems, open } = await harnessPage(browser, folder, { colorScheme });
    await page.setViewportSize({ width, height: 600 });
    await open('?alerts');
    await page.waitForFunction('window.kymoAlerts');
    return { page, problems };
  }

  const list = (page: Page, ...rows: readonly object[]): Promise<void> =>
    page.evaluate(`window.kymoAlerts(${JSON.stringify(rows)})`);
  const asked = (page: Page, what: string): Promise<Asked[]> =>
    page.evaluate(`window.kymoAsked.filter((one) => one.what === '${what}')`);
  const alert = (page: Page, name: string) => page.locator(`[data-alert=${name}]`);
  const names = (page: Page): Promise<string> =>
    page.evaluate(
      '[...document.querySelectorAll("[data-alert]")].map((one) => one.dataset.alert).join(" ")',
    );
  const listed = (page: Page, expected: string): Promise<void> =>
    until(`${expected} are listed`, async () => (await names(page)) === expected);

  test('keeps the row that is open when its alert resolves, and says how', async () => {
    const { page, problems } = await open(900);
    await list(page, errors, disk);
    await alert(page, 'Errors').getByTestId('kymo-alert-open').press('Enter');
    await page.getByTestId('kymo-alert-details').waitFor();
    await page.evaluate(`window.kymoPast = ${JSON.stringify(ended)}`);
    await list(page, disk, over);
    const resolved = alert(page, 'Errors').and(page.locator('[data-standing=resolved]'));
    const how = resolved.getByTestId('kymo-alert-ended');
    await how.getByText(/resolved at .* after 1 m: the condition is over/).waitFor();
    expect(await names(page)).toBe('Errors Disk');
    await page.screenshot({ path: path.join(shots, 'alerts-panel-resolved-dark.png') });
    // The exporter lists it for a while only.
    await list(page, disk);
    await resolved.getByText('no longer listed').waitFor();
    await page.keyboard.press('Enter');
    await listed(page, 'Disk');
    // Who was in the row that goes is in the next one.
    await page.locator('[data-alert=Disk]:has(:focus)').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  test.each([1440, 480, 280])('filters by state and severity at %d pixels', async (width) => {
    const { page } = await open(width, 'light');
    await list(page, errors, disk, taken, { ...over, fingerprint: 'over', name: 'Over' });
    await listed(page, 'Errors Disk Taken');
    const state = page.getByRole('combobox', { name: 'State' });
    const severity = page.getByRole('combobox', { name: 'Severity' });
    await state.selectOption('Resolved');
    await listed(page, 'Over');
    await page.screenshot({ path: path.join(shots, `alerts-panel-filter-${width}-light.png`) });
    // By keyboard from the search on.
    await page.getByTestId('kymo-alerts-search').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Home');
    await listed(page, 'Errors Disk Taken');
    await page.keyboard.press('ArrowDown');
    await listed(page, 'Errors Disk');
    await page.keyboard.press('Tab');
    await page.keyboard.type('w');
    await listed(page, 'Disk');
    expect(await severity.inputValue()).toBe('warning');
    await state.selectOption('Acknowledged');
    await listed(page, 'Taken');
    await severity.selectOption('critical');
    await page.getByTestId('kymo-notice').getByText('Nothing is found').waitFor();
    await page.close();
  });

  test('explains a row, with value and threshold in their unit, exactly in the tooltip', async () => {
    const { page } = await open(900);
    await list(page, errors, { ...disk, value: 1.2e9, threshold: 1e9, unit: null });
    const text = alert(page, 'Errors').getByText('33.5% > 10%', { exact: true });
    // It is written when the value is pointed at.
    await text.hover();
    await text.and(page.getByTitle('0.335 > 0.1')).waitFor();
    await alert(page, 'Disk').getByText('1.20 Bil > 1 Bil').waitFor();
    const said = alert(page, 'Errors').getByTestId('kymo-alert-explanation');
    expect(await said.innerText()).toContain('Expected are 0 to 2 %.');
    await page.close();
  });

  test.each([900, 380])('says what was expected of an anomaly, at %d pixels', async (width) => {
    const { page } = await open(width);
    await list(page, disk, { ...errors, labels: { watch: 'latency', protocol: 'grpc' } });
    const unusual = alert(page, 'Errors').getByTestId('kymo-alert-unusual');
    await unusual.getByText('expected 140 ms to 210 ms, seen 900 ms: a new level').waitFor();
    await page.screenshot({ path: path.join(shots, `alerts-panel-anomaly-${width}-dark.png`) });
    expect(await page.getByTestId('kymo-alert-unusual').count()).toBe(1);
    await page.close();
  });

  test('draws a small curve a row where there is room, and asks for no other', async () => {
    const { page } = await open(900);
    await list(page, errors, disk);
    await page.locator('[data-testid=kymo-alert-row-curve][data-drawn=true]').nth(1).waitFor();
    await page.screenshot({ path: path.join(shots, 'alerts-panel-dark.png') });
    expect((await asked(page, 'curve')).map(({ fingerprint }) => fingerprint)).toEqual([
      'errors',
      'disk',
    ]);
    await list(page, { ...errors, value: 0.4 }, disk);
    await alert(page, 'Errors').getByText('40% > 10%').waitFor();
    expect(await asked(page, 'curve')).toHaveLength(2);
    await page.close();
    const narrow = (await open(380)).page;
    await list(narrow, errors);
    await narrow.getByTestId('kymo-alert').waitFor();
    expect(await narrow.getByTestId('kymo-alert-row-curve').count()).toBe(0);
    await narrow.screenshot({ path: path.join(shots, 'alerts-panel-narrow-dark.png') });
    await narrow.close();
  });

  test('of 10,000 alerts asks for the curves of those that are looked at', async () => {
    const { page } = await open(900);
    await page.evaluate(`{
      const one = ${JSON.stringify(disk)};
      window.kymoAlerts(Array.from({ length: 10_000 }, (_, at) => ({ ...one, fingerprint: 'f' + at })));
    }`);
    const drawn = page.locator('[data-testid=kymo-alert-row-curve][data-drawn=true]');
    await drawn.first().waitFor();
    const rows = page.getByRole('list', { name: 'Alerts' });
    for (let at = 0; at < 20; at += 1) {
      await rows.evaluate(`(box) => { box.scrollTop += 20_000; }`);
    }
    await page.getByTestId('kymo-alert-open').last().focus();
    await page.keyboard.press('End');
    await page.locator('[aria-posinset="10000"] [data-drawn=true]').waitFor();
    expect((await asked(page, 'curve')).length).toBeLessThan(500);
    await page.close();
  });

  test.each([
    ['15 m', HOUR / 4],
    ['8 h', 8 * HOUR],
    ['1 h', HOUR],
    ['to the end', undefined],
  ])('acknowledges for %s', async (choice, duration) => {
    const { page } = await open(900);
    await list(page, errors);
    await page.getByTestId('kymo-alert-acknowledge').click();
    await page.getByTestId('kymo-alert-comment').fill('on it');
    const form = page.getByTestId('kymo-alert-duration');
    await form.getByRole('radio', { name: choice }).check();
    const before: number = await page.evaluate('Date.now()');
    await page.getByTestId('kymo-alert-send').click();
    await until('it is sent', async () => (await asked(page, 'acknowledge')).length === 1);
    const after: number = await page.evaluate('Date.now()');
    const [{ fingerprint, how } = {}] = await asked(page, 'acknowledge');
    expect([fingerprint, how?.comment]).toEqual(['errors', 'on it']);
    if (duration === undefined) {
      expect(how).not.toHaveProperty('until');
    } else {
      expect(how?.until).toBeGreaterThanOrEqual(before + duration);
      expect(how?.until).toBeLessThanOrEqual(after + duration);
    }
    await page.close();
  });

  test('leads to the runbook, in a tab of its own', async () => {
    const { page } = await open(900);
    await list(page, errors, disk);
    const link = alert(page, 'Errors').getByRole('link', { name: 'runbook' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe('https://runbooks.example/errors');
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('rel')).toBe('noreferrer');
    expect(await page.getByTestId('kymo-alert-runbook').count()).toBe(1);
    await page.close();
  });
});
