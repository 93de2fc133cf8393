import { setTimeout } from 'node:timers/promises';
import { costAbove, costOf, medianCost, type Chromium, type Cost } from './chromium.js';
import { atRest, openDashboard } from './dashboard-page.js';
import { manyDashboard, streamDashboard, type Source } from './dashboards.js';
import { one, printTable } from './figures.js';
import { WINDOW, type Dashboard, type Stand } from './grafana.js';
import type { Options } from './options.js';

const SHOWN = '.uplot canvas';

/** Counts the answers of a datasource, in Grafana's own scene: where ticks are late, not all come. */
const COUNT = `(() => {
  window.kymoFed = 0;
  const look = (part) => {
    if (part.state.title !== undefined && part.state.$data !== undefined) {
      part.state.$data.subscribeToState((now, before) => {
        if (now.data !== before.data) window.kymoFed += 1;
      });
    }
    part.forEachChild(look);
  };
  look(window.__grafanaSceneContext);
})()`;

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
  const [kymo, bare] = [medianCost(costs.kymo), medianCost(costs.bare)];
  const row = ({ cpu, all, thread }: Cost) => [cpu, all, thread].map(one);
  printTable('100 series at 10 Hz in a stock time series panel, less the page at rest', [
    ['', '% of a core', 'ms a frame of all processes', 'of the page’s thread'],
    ['our datasource', ...row(kymo)],
    ['a bare stream', ...row(bare)],
    ['ratio (aim: 1)', ...ratios(kymo, bare)],
  ]);
  return { kymo, bare };
}

const ratios = (one: Cost, other: Cost): string[] =>
  (['cpu', 'all', 'thread'] as const).map((name) => (one[name] / other[name]).toFixed(2));

/** 24 stock panels on one connection. */
export async function measureMany(stand: Stand, chromium: Chromium, { seconds }: Options) {
  const cost = await costOfLive(stand, chromium, manyDashboard(), { seconds, every: 1000 });
  printTable('24 stock time series panels at 1 Hz on one connection, less the page at rest', [
    ['all processes, % of a core (aim: below 25)', one(cost.cpu)],
    ['the page’s thread, ms a panel’s frame', one(cost.thread)],
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
  await page.evaluate(COUNT);
  await setTimeout(3000);
  const live = await costOf(chromium, page, how);
  await page.context().close();
  return costAbove(live, rest);
}
