import { setTimeout } from 'node:timers/promises';
import type { CDPSession } from 'playwright-core';
import type { Chromium } from './chromium.js';
import { openDashboard } from './dashboard-page.js';
import { clockDashboard } from './dashboards.js';
import { one, printTable } from './figures.js';
import type { Stand } from './grafana.js';
import type { Options } from './options.js';

const READINGS = 15;
const MINUTE = 60_000;
/** Until the window has filled. */
const WARM_UP = 65_000;

/** The heap of a page with 100 series and a card at 10 Hz, after its garbage was collected. */
export async function measureHeap(stand: Stand, chromium: Chromium, { minutes }: Options) {
  const url = await stand.save(clockDashboard());
  const page = await openDashboard(chromium, url, '[data-testid=kymo-kpi-value]');
  const session = await page.context().newCDPSession(page);
  await setTimeout(WARM_UP);
  const began = performance.now();
  const readings = [await read(session, began)];
  for (let at = 0; at < READINGS; at += 1) {
    await setTimeout((minutes * MINUTE) / READINGS);
    readings.push(await read(session, began));
  }
  await page.context().close();
  const grows = slopeOf(readings);
  printTable(`the page’s heap over ${minutes} min at 10 Hz, MB after a collection`, [
    ['minute', ...readings.map(({ minute }) => one(minute))],
    ['MB', ...readings.map(({ megabytes }) => one(megabytes))],
  ]);
  console.log(`  grows by ${grows.toFixed(3)} MB a minute (aim: flat over 30 minutes)`);
  return { readings, grows };
}

interface Reading {
  readonly minute: number;
  readonly megabytes: number;
}

async function read(session: CDPSession, began: number): Promise<Reading> {
  // What ends by a finalizer is gone with the second one only.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { minute: (performance.now() - began) / MINUTE, megabytes: usedSize / 1e6 };
}

/** Of the line that fits best. */
function slopeOf(readings: readonly Reading[]): number {
  const mean = (of: (reading: Reading) => number): number =>
    readings.reduce((sum, one) => sum + of(one), 0) / readings.length;
  const minute = mean((reading) => reading.minute);
  const megabytes = mean((reading) => reading.megabytes);
  const above = mean((one) => (one.minute - minute) * (one.megabytes - megabytes));
  return above / mean((one) => (one.minute - minute) ** 2);
}
