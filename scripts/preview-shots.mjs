// `npm run preview:shots`: pictures of the live preview for the documentation, of a real run of the demo.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { prepare, root } from './prepare.mjs';

/** Seconds that the demo runs before it is pictured, so that curves have a shape. */
const SECONDS = Number(process.argv[2] ?? 150);
const SHOTS = [
  { name: 'dark', width: 1440, colorScheme: 'dark' },
  { name: 'light', width: 1440, colorScheme: 'light' },
  { name: 'narrow', width: 400, height: 1900, colorScheme: 'dark' },
];

prepare();
const data = mkdtempSync(path.join(tmpdir(), 'kymo-shots-'));
const main = path.join(root, 'exporter/dist/main.js');
const kymo = spawn(process.execPath, [main, 'demo', '--listen.port', '0', '--data_dir', data]);
let printed = '';
kymo.stdout.on('data', (chunk) => (printed += chunk));
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

try {
  const end = Date.now() + 60_000;
  while (!/http:\/\/[\d.]+:\d+/.test(printed)) {
    if (Date.now() > end || kymo.exitCode !== null) throw new Error(`no demo:\n${printed}`);
    await wait(200);
  }
  const [url] = /http:\/\/[\d.]+:\d+/.exec(printed);
  await wait(SECONDS * 1000);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const folder = path.join(root, 'docs/img');
  mkdirSync(folder, { recursive: true });
  for (const { name, width, height, colorScheme } of SHOTS) {
    const page = await browser.newPage({ viewport: { width, height: height ?? 900 }, colorScheme });
    await page.goto(url);
    await page.getByTestId('kymo-connection').and(page.locator('[data-state=live]')).waitFor();
    // Every panel has its past, and is live.
    const waiting =
      '[data-testid=kymo-notice]:not([data-kind=empty]), [data-testid=kymo-trust]:not([data-state=live])';
    const late = Date.now() + 120_000;
    while ((await page.locator(waiting).count()) > 0) {
      if (Date.now() > late) throw new Error(`not every panel is live at ${url}`);
      await wait(200);
    }
    await wait(5000);
    await page.screenshot({
      path: path.join(folder, `preview-${name}.png`),
      fullPage: height === undefined,
    });
    await page.close();
    console.log(`docs/img/preview-${name}.png`);
  }
  await browser.close();
} finally {
  kymo.kill();
  rmSync(data, { recursive: true, force: true });
}
