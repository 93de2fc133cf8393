import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumFile, startChromium } from './chromium.js';
import { buildHarness, harnessPage } from './harness.js';
import { isAlike, Looks } from './looks.js';
import { hasPeer } from './processes.js';

const shots = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../.cache/shots/states',
);
const here = hasPeer(chromiumFile);
if (!here) {
  process.stderr.write(`\n*** ${chromiumFile} is missing: panels WERE NOT TESTED. ***\n\n`);
}

const ANALYSIS = 'Latency p95, and what stands out';
/** Every panel, and boxes of the page, with the next step that it names where there is nothing. */
const PANELS = {
  'Key figures': /check its expression/,
  'Latency by time': /ask for buckets/,
  Protocols: /Add a query/,
  'Requests by protocol': /Send some/,
  CPU: /see its collector/,
  Memory: /see its collector/,
  [ANALYSIS]: /check its expression/,
  Alerts: /Rules are files/,
} as const;
type Panel = keyof typeof PANELS;
const panels = Object.keys(PANELS) as Panel[];

/** What stands in place of values; of states with values, what the badge says. */
const STATES = {
  connecting: { notice: 'connecting', says: /Connecting …/ },
  loading: { notice: 'loading', says: /Loading …/ },
  streaming: { badge: 'live', says: /live · / },
  stale: { badge: 'stale', says: /stale since \d\d:\d\d:\d\d/ },
  polling: { badge: 'polling', says: /polling · 5 s/ },
  empty: { notice: 'empty', says: /No values|All quiet/ },
  error: {
    notice: 'error',
    says: /The query failed\s+The exporter answered 503\. Check the query/,
  },
} as const;
type State = keyof typeof STATES;
const states = Object.keys(STATES) as State[];

/** What pages take for now: half past two in the afternoon, UTC. */
const NOW = new Date('2026-11-21T14:30:00Z');

describe.skipIf(!here)('every panel', { timeout: 180_000 }, () => {
  const looks = new Looks();
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = buildHarness(18);
    browser = await startChromium();
    mkdirSync(shots, { recursive: true });
  }, 300_000);

  afterAll(async () => {
    looks.end();
    await browser.close();
  });

  test.each(
    states.flatMap((state) => (['dark', 'light'] as const).map((s) => [state, s] as const)),
  )('that is %s says so, in %s', async (state, colorScheme) => {
    const { page, problems, open } = await harnessPage(browser, folder, { colorScheme });
    await page.clock.setFixedTime(NOW);
    await open(`?state=${state}`);
    const expected = STATES[state];
    for (const panel of panels) {
      const region = page.getByRole('region', { name: panel, exact: true });
      const status =
        'notice' in expected
          ? region.getByRole('status').and(region.locator(`[data-kind=${expected.notice}]`))
          : region.locator(`[data-testid=kymo-trust][data-state=${expected.badge}]`);
      await status.waitFor();
      expect(await status.innerText()).toMatch(expected.says);
      if (state === 'empty') expect(await status.innerText()).toMatch(PANELS[panel]);
      if (colorScheme === 'light') continue;
      const look = `${panel}, ${state}`;
      expect(await looks.difference(look, browser, region)).toBeUndefined();
      const name = `${state}-${panel.replace(/\W+/g, '-').toLowerCase()}.png`;
      await region.screenshot({ path: path.join(shots, name) });
    }
    await page.screenshot({
      path: path.join(shots, `${state}-${colorScheme}.png`),
      fullPage: true,
    });
    expect(problems).toEqual([]);
    await page.close();
  });

  test('of an analysis hands out what it draws as a picture, and its values as CSV', async () => {
    const { page, problems, open } = await harnessPage(browser, folder, { colorScheme: 'dark' });
    await open('?state=streaming');
    const region = page.getByRole('region', { name: ANALYSIS, exact: true });
    const canvas = region.locator('[data-testid=kymo-analysis-curve] canvas');
    await canvas.waitFor();
    const download = async (button: string): Promise<{ name: string; bytes: Buffer }> => {
      const coming = page.waitForEvent('download');
      await region.getByTestId(button).click();
      const file = await coming;
      return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
    };
    const picture = await download('kymo-analysis-png');
    expect(picture.name).toBe('Latency-p95-and-what-stands-out.png');
    expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
    // The title is above the drawing.
    const size = [16, 20].map((offset) => picture.bytes.readUInt32BE(offset));
    const attribute = async (name: string) => Number(await canvas.getAttribute(name));
    expect(size).toEqual([await attribute('width'), (await attribute('height')) + 28]);
    expect(await page.evaluate(colorsOf(picture.bytes))).toBeGreaterThan(20);
    const { name, bytes } = await download('kymo-analysis-csv');
    expect(name).toBe('Latency-p95-and-what-stands-out.csv');
    const [head, ...rows] = bytes.toString().trim().split('\r\n');
    expect(head).toMatch(/^time,Latency p95/);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,[\d.]+/);
    expect(problems).toEqual([]);
    await page.close();
  });
});

/** How many colours a PNG has, as a browser sees it. */
const colorsOf = (png: Buffer): string => `(async () => {
  const image = new Image();
  image.src = 'data:image/png;base64,${png.toString('base64')}';
  await image.decode();
  const { width, height } = image;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return new Set(new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)).size;
})()`;

test('looks that differ are told apart', () => {
  const rows = ['00ff', '0000'];
  expect(isAlike(rows, ['00ff', '1000'])).toBe(true);
  expect(isAlike(rows, ['ff00', '0000'])).toBe(false);
  expect(isAlike(rows, ['00ff'])).toBe(false);
});
