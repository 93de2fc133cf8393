import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumFile, startChromium } from './chromium.js';
import { hasPeer, startKymo, until, type Running } from './processes.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const shots = path.join(root, '.cache/shots');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const ANALYSIS = 'Latency p95, and what stands out';
const here = hasPeer(chromiumFile);
if (!here) {
  process.stderr.write(`\n*** ${chromiumFile} is missing: the preview WAS NOT TESTED. ***\n\n`);
}

describe.skipIf(!here)('the preview at /', { timeout: 180_000 }, () => {
  let kymo: Running;
  let browser: Browser;

  beforeAll(async () => {
    kymo = await startKymo('demo');
    browser = await startChromium();
    mkdirSync(shots, { recursive: true });
  }, 180_000);

  afterAll(async () => {
    await browser.close();
    await kymo.stop();
  });

  interface Opened {
    readonly page: Page;
    /** What the page complained of, and addresses elsewhere that it asked for. */
    readonly problems: string[];
  }

  async function open(colorScheme: 'dark' | 'light' = 'dark'): Promise<Opened> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme,
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      // While the exporter is away, the browser itself says that it is.
      const said = message.text();
      if (message.type() === 'error' && !/ERR_|WebSocket|Failed to load/.test(said)) {
        problems.push(said);
      }
    });
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== kymo.url) problems.push(request.url());
    });
    await page.goto(kymo.url);
    return { page, problems };
  }

  const connection = (page: Page): Locator => page.getByTestId('kymo-connection');
  const stateOf = (page: Page): Promise<string | null> =>
    connection(page).getAttribute('data-state');
  const becomes = (page: Page, ...states: string[]): Promise<void> =>
    until(`the page is ${states.join(' or ')}`, async () =>
      states.includes((await stateOf(page)) ?? ''),
    );
  const values = (page: Page): Promise<string[]> =>
    page.getByTestId('kymo-kpi-value').allInnerTexts();

  /** Unix milliseconds at which a curve has a value, by the page's own export. */
  async function timesOf(page: Page, name: string): Promise<Set<number>> {
    const download = page.waitForEvent('download');
    await page.getByTestId('kymo-csv').click();
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\r\n');
    const [head, ...rows] = lines.map((line) => line.split(','));
    const column = head.indexOf(name);
    expect([head[0], column > 0]).toEqual(['time', true]);
    return new Set(rows.filter((row) => row[column] !== '').map(([time]) => Date.parse(time)));
  }

  /** Unix milliseconds of the samples of a series that the exporter has. */
  async function samples(name: string): Promise<number[]> {
    const answer = await fetch(`${kymo.url}/api/v1/query?query=${name}[10m]`);
    const { data } = (await answer.json()) as {
      data: { result: { values: [number, string][] }[] };
    };
    return data.result.flatMap(({ values: pairs }) =>
      pairs.map(([time]) => Math.round(time * 1000)),
    );
  }

  test('shows data that moves, and asks for nothing from elsewhere', async () => {
    const { page, problems } = await open();
    await page.getByTestId('kymo-kpi-value').first().waitFor();
    await becomes(page, 'live');
    const seen = new Set<string>();
    await until('key figures move', async () => seen.add((await values(page)).join()).size >= 3);
    const cards = page.getByTestId('kymo-kpi-card');
    await cards.filter({ hasText: /Latency p99.*p50.*p95/s }).waitFor();
    await cards.filter({ hasText: /CPU.*user.*sys/s }).waitFor();
    expect(await cards.count()).toBe(6);
    await page.getByRole('img', { name: /Curves of requests.*HTTP\/1\.1/ }).waitFor();
    await until(
      'a bar a core',
      async () => (await page.getByRole('listitem', { name: /^core / }).count()) > 0,
    );
    for (const name of ['application', 'cache', 'buffers', 'free', 'swap']) {
      await page.getByRole('region', { name: 'Memory' }).getByText(name).first().waitFor();
    }
    await page.screenshot({ path: path.join(shots, 'preview-dark.png'), fullPage: true });
    const timeline = page.getByRole('img', { name: /Curves of requests/ });
    const { width = 0 } = (await timeline.boundingBox()) ?? {};
    // At the right end there are values, however short the past is.
    await timeline.hover({ position: { x: width - 16, y: 50 } });
    await page
      .getByTestId('kymo-timeline-legend')
      .getByText(/^\d\d:\d\d:\d\d$/)
      .waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('has one colour for each protocol in all that shows it', async () => {
    const { page } = await open();
    await page.getByTestId('kymo-protocol-row').nth(3).waitFor();
    await page.getByRole('img', { name: /Curves of requests.*HTTP\/1\.1/ }).waitFor();
    const colors = (within: string, entries: string): Promise<Record<string, string>> =>
      page.evaluate<Record<string, string>>(
        `Object.fromEntries([...document.querySelectorAll('section[aria-label="${within}"] ${entries}')]
          .map((mark) => [mark.parentElement.innerText.trim().split(/\\s/)[0], mark.style.background]))`,
      );
    const inTable = await colors('Protocols', '[data-testid=kymo-protocol-row] td:first-child i');
    const inCurves = await colors('Requests by protocol', 'li > i');
    expect(Object.keys(inTable)).toEqual(
      expect.arrayContaining(['HTTP/1.1', 'HTTP/2', 'WebSocket', 'gRPC']),
    );
    expect(new Set(Object.values(inTable)).size).toBe(Object.keys(inTable).length);
    for (const [name, color] of Object.entries(inCurves))
      expect([name, inTable[name]]).toEqual([name, color]);
    expect(Object.keys(inCurves).length).toBeGreaterThan(0);
    await page.context().close();
  });

  test('is paused, goes back over what was seen, and goes on, by keyboard alone', async () => {
    const { page, problems } = await open();
    await becomes(page, 'live');
    const reach = async (target: Locator): Promise<void> => {
      await page.locator('body').press('Home');
      for (let presses = 0; presses < 30; presses += 1) {
        await page.keyboard.press('Tab');
        if (await target.and(page.locator(':focus')).count()) return;
      }
      throw new Error('the Tab key does not reach it');
    };
    await reach(page.getByTestId('kymo-pause'));
    await page.keyboard.press('Enter');
    await becomes(page, 'paused');
    const scrub = page.getByTestId('kymo-scrub');
    const moment = (): Promise<string | null> => scrub.getAttribute('aria-valuetext');
    // The keyboard is at what took the button's place.
    await scrub.and(page.locator(':focus')).waitFor();
    const paused = await moment();
    for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press('ArrowLeft');
    await until('an earlier moment', async () => (await moment()) !== paused);
    await page.keyboard.press('End');
    await until('the moment of the pause', async () => (await moment()) === paused);
    await reach(page.getByTestId('kymo-resume'));
    await page.keyboard.press('Enter');
    await becomes(page, 'live');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('is paused from the badge of any panel, by keyboard alone', async () => {
    const { page, problems } = await open();
    await becomes(page, 'live');
    for (const name of [
      'Key figures',
      'Latency by time',
      'Protocols',
      'Memory',
      ANALYSIS,
      'Alerts',
    ]) {
      const badge = page.getByRole('region', { name, exact: true }).getByTestId('kymo-trust');
      const popover = page.getByTestId('toggletip-content');
      // It is a button as soon as its datasource is known.
      await badge.and(page.getByRole('button')).focus();
      await page.keyboard.press('Enter');
      await popover.getByTestId('kymo-pause').focus();
      await page.keyboard.press('Enter');
      await becomes(page, 'paused');
      const goesOn = popover.getByText('this panel goes on');
      const notes = name === 'Alerts' ? 1 : 0;
      await until('only alerts go on', async () => (await goesOn.count()) === notes);
      // The keyboard is where it goes on: at the moment, then at what resumes.
      const moment = (): Promise<string | null> =>
        popover.getByTestId('kymo-scrub').getAttribute('aria-valuetext');
      const paused = await moment();
      for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('ArrowLeft');
      await until('an earlier moment', async () => (await moment()) !== paused);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await becomes(page, 'live');
      await page.keyboard.press('Escape');
      await popover.waitFor({ state: 'detached' });
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('says so when the exporter is killed, and has no hole but its downtime when it is back', async () => {
    const { page, problems } = await open();
    await becomes(page, 'live');
    // It stays away until the page has noticed.
    await kymo.kill('SIGKILL');
    await becomes(page, 'stale', 'disconnected');
    kymo = await kymo.restart();
    await becomes(page, 'live');
    // What is missing after a reconnection is asked for, and comes a little later.
    await until('every sample that the exporter has', async () => {
      const shown = await timesOf(page, 'Key figures: Memory');
      const [first, last] = [Math.min(...shown), Math.max(...shown)];
      const kept = (await samples('node_memory_MemTotal_bytes')).filter(
        (time) => time >= first && time <= last,
      );
      return kept.length > 5 && kept.every((time) => shown.has(time));
    });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('starts a fault, narrows to a protocol, changes its colours, and is exported as a picture', async () => {
    const { page, problems } = await open('light');
    await becomes(page, 'live');
    const background = (): Promise<string> =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.getByTestId('kymo-theme').click();
    expect(await background()).not.toBe(light);
    await page.reload();
    await becomes(page, 'live');
    expect(await background()).not.toBe(light);
    await page.getByTestId('kymo-fault').click();
    await until('the fault runs', async () =>
      (await page.getByTestId('kymo-fault-state').innerText()).includes('runs'),
    );
    await page.getByTestId('kymo-protocol').selectOption('grpc');
    await page.getByRole('img', { name: /Now: gRPC [^,]*$/ }).waitFor();
    // A row of the table does the same, and ends it.
    const row = page.getByTestId('kymo-protocol-row').filter({ hasText: 'gRPC' });
    await row.click();
    await page.getByRole('img', { name: /Now: .*HTTP\/1.1/ }).waitFor();
    await row.click();
    await page.getByRole('img', { name: /Now: gRPC [^,]*$/ }).waitFor();
    expect(await page.getByTestId('kymo-protocol').inputValue()).toBe('grpc');
    const download = page.waitForEvent('download');
    await page.getByTestId('kymo-png').click();
    const png = readFileSync(await (await download).path());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('lists the alerts of a fault, and takes acknowledgements on this machine', async () => {
    const { page, problems } = await open();
    await becomes(page, 'live');
    const started = await fetch(`${kymo.url}/api/simulate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fault: 'errors', duration: '3m' }),
    });
    expect(started.ok).toBe(true);
    await page.getByTestId('kymo-alerts-search').fill('HttpErrorRatioHigh');
    const alert = page.getByTestId('kymo-alert');
    const firing = alert.and(page.locator('[data-state=firing][data-standing=critical]'));
    await firing.first().waitFor({ timeout: 120_000 });
    await firing.first().getByTestId('kymo-alert-acknowledge').click();
    await page.getByTestId('kymo-alert-comment').fill('it is the database');
    await page.keyboard.press('Enter');
    const taken = alert.and(page.locator('[data-standing=acknowledged]'));
    await taken.getByText(/acknowledged by this machine.*“it is the database”/).waitFor();
    await taken.getByTestId('kymo-alert-end').click();
    await taken.waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test.each(['dark', 'light'] as const)('has no serious finding of axe in %s', async (scheme) => {
    const { page } = await open(scheme);
    await becomes(page, 'live');
    // Findings come and go: with less room than they ever need, they are scrolled in every run.
    await page.addStyleTag({
      content: '[data-testid=kymo-analysis-findings] { max-height: 30px !important }',
    });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
    expect(serious).toEqual([]);
    await page.context().close();
  });
});
