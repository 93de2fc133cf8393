// `npm run dashboards:shots [-- name…]`: pictures of the dashboards, dark and light, into docs/img, from
// the Grafana at GRAFANA_URL (as `npm run grafana` runs it by default).
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const url = process.env.GRAFANA_URL ?? 'http://127.0.0.1:3000';
const target = process.env.SHOTS_FOLDER ?? path.join(root, 'docs', 'img');
const folder = path.join(root, 'provisioning', 'dashboards');
const names = process.argv.slice(2);
/** Pixels of a dashboard, from its top, that are seen. */
const VIEW = { width: 1440, height: 1010 };
/** Pixels of a picture for one of a dashboard. */
const SCALE = 0.8;
/** Seconds in which panels get their data and curves move on. */
const SETTLE = Number(process.env.SHOTS_SETTLE ?? 8);

mkdirSync(target, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
  ],
});
const context = await browser.newContext({ viewport: VIEW, deviceScaleFactor: SCALE });
const login = { user: 'admin', password: 'admin' };
await context.request.post(`${url}/login`, { data: login });

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const name = path.basename(file, '.json');
  if (names.length > 0 && !names.includes(name)) continue;
  const { uid } = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  for (const theme of ['dark', 'light']) {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(`${name} ${theme}: ${message.text()}`);
    });
    page.on('pageerror', (error) => console.error(`${name} ${theme}: ${String(error)}`));
    await page.goto(`${url}/d/${uid}?kiosk&theme=${theme}`);
    await page.locator('[data-viz-panel-key]').first().waitFor({ timeout: 60_000 });
    const loading = page.getByLabel('Panel loading bar');
    await page.waitForTimeout(2000);
    for (let i = 0; i < 60 && (await loading.count()) > 0; i += 1) await page.waitForTimeout(500);
    await page.waitForTimeout(SETTLE * 1000);
    const empty = await page.getByText('No data', { exact: true }).count();
    if (empty > 0) console.error(`${name} ${theme}: ${empty} panels without data`);
    await page.screenshot({ path: path.join(target, `${name}-${theme}.png`) });
    console.log(`${name}-${theme}.png`);
    await page.close();
  }
}
await browser.close();
