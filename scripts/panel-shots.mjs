// `npm run panels:shots`: a picture of each of our panels, from the Live overview of the Grafana at GRAFANA_URL (as
// `npm run grafana` runs it by default), into the panel's folder: Grafana shows them where plugins are listed.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const url = process.env.GRAFANA_URL ?? 'http://127.0.0.1:3000';
const overview = path.join(root, 'provisioning', 'dashboards', 'live-overview.json');
const { uid, panels } = JSON.parse(readFileSync(overview, 'utf8'));
/** Pixels by `type` of the panel: about the shape that it has in dashboards. */
const VIEWS = {
  'kymo-kpi-panel': { width: 1000, height: 260 },
  'kymo-heatmap-panel': { width: 900, height: 440 },
  'kymo-protocols-panel': { width: 800, height: 360 },
  'kymo-alerts-panel': { width: 800, height: 560 },
  'kymo-analysis-panel': { width: 1000, height: 480 },
};
/** Seconds in which a panel gets its data and curves move on. */
const SETTLE = Number(process.env.SHOTS_SETTLE ?? 8);

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
  ],
});
const context = await browser.newContext();
await context.request.post(`${url}/login`, { data: { user: 'admin', password: 'admin' } });

for (const [type, view] of Object.entries(VIEWS)) {
  const { id } = panels.find((panel) => panel.type === type);
  const page = await context.newPage();
  await page.setViewportSize({ width: view.width + 60, height: view.height + 160 });
  page.on('pageerror', (error) => console.error(`${type}: ${String(error)}`));
  await page.goto(`${url}/d/${uid}?kiosk&theme=dark&viewPanel=panel-${id}`);
  const panel = page.locator('section[data-testid^="data-testid Panel header"]').first();
  await panel.waitFor({ timeout: 60_000 });
  await page.waitForTimeout(SETTLE * 1000);
  const name = type.split('-')[1];
  await panel.screenshot({
    path: path.join(root, 'plugin', 'src', 'panels', name, 'img', 'panel.png'),
  });
  console.log(`${name}: panel.png`);
  await page.close();
}
await browser.close();
