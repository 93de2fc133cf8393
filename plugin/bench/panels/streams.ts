import { setTimeout } from 'node:timers/promises';
import { costOf, type Chromium, type Cost } from './chromium.js';
import { atRest, openDashboard } from './dashboard-page.js';
import { manyDashboard, streamDashboard, type Source } from './dashboards.js';
import { median, one, printTable } from './figures.js';
import { WINDOW, type Dashboard, type Stand } from './grafana.js';
import type { Options } from './options.js';

const SHOWN = '.uplot canvas';

/** 100 series at 10 Hz in a stock panel, from our datasource and from a bare stream. */
export async function measureStream(
  stand: Stand,
  chromium: Chromium,
  { seconds, rounds }: Options,
) {
  const costs: Record<Source, Cost[]> = { kymo: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const source of ['kymo', 'bare'] as const) {
      const dashboard = streamDashboard(source);
      costs[source].push(await costOfLive(stand, chromium, dashboard, { seconds, every: 100 }));
    }
  }
  const middle = (source: Source) => ({
    cpu: median(costs[source].map(({ cpu }) => cpu)),
    thread: median(costs[source].map(({ thread }) => thread)),
  });
  const [kymo, bare] = [middle('kymo'), middle('bare')];
  printTable('100 series at 10 Hz in a stock time series panel, less the page at rest', [
    ['', '% of a core', 'ms of the thread a value'],
    ['our datasource', one(kymo.cpu), one(kymo.thread)],
    ['a bare stream', one(bare.cpu), one(bare.thread)],
    ['ratio (aim: 1)', (kymo.cpu / bare.cpu).toFixed(2), (kymo.thread / bare.thread).toFixed(2)],
  ]);
  return { kymo, bare };
}

/** 24 stock panels on one connection. */
export async function measureMany(stand: Stand, chromium: Chromium, { seconds }: Options) {
  const cost = await costOfLive(stand, chromium, manyDashboard(), { seconds, every: 1000 });
  printTable('24 stock time series panels at 1 Hz on one connection, less the page at rest', [
    ['all processes, % of a core (aim: below 25)', one(cost.cpu)],
    ['the page’s thread, ms a second', one(cost.thread)],
  ]);
  return cost;
}

async function costOfLive(
  stand: Stand,
  chromium: Chromium,
  dashboard: Dashboard,
  how: { readonly seconds: number; readonly every: number },
): Promise<Cost> {
  const url = await stand.save(dashboard);
  const still = await openDashboard(chromium, atRest(url, WINDOW), SHOWN);
  const rest = await costOf(chromium, still, { ...how, seconds: how.seconds / 2 });
  await still.context().close();
  const page = await openDashboard(chromium, url, SHOWN);
  await setTimeout(3000);
  const live = await costOf(chromium, page, how);
  await page.context().close();
  return { cpu: live.cpu - rest.cpu, thread: live.thread - rest.thread };
}
