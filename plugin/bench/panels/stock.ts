import { costOf, feed, settle, type Chromium, type Cost } from './chromium.js';
import { openDashboard } from './dashboard-page.js';
import { fedDashboard } from './dashboards.js';
import { median, one, printTable } from './figures.js';
import type { Stand } from './grafana.js';
import type { Options } from './options.js';

interface Side {
  readonly type: string;
  /** The frames that it is fed. */
  readonly subject: string;
  /** What is there when it is drawn. */
  readonly shown: string;
  readonly options?: object;
  readonly fieldConfig?: object;
  readonly transformations?: readonly object[];
}

interface Pair {
  readonly what: string;
  readonly ours: Side;
  readonly stock: Side;
}

const noLegend = { legend: { showLegend: false } };
const alerts: Side = {
  type: 'kymo-alerts-panel',
  subject: 'alerts',
  shown: '[data-testid=kymo-alert]',
};

const STATE_COLORS = {
  type: 'value',
  options: { firing: { color: 'red', index: 0 }, pending: { color: 'yellow', index: 1 } },
};

const PAIRS: readonly Pair[] = [
  {
    what: '50 cards, stat',
    ours: { type: 'kymo-kpi-panel', subject: 'kpi', shown: '[data-testid=kymo-kpi-card] canvas' },
    stock: {
      ...{ type: 'stat', subject: 'kpi', shown: '.uplot canvas' },
      options: { graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'] } },
    },
  },
  {
    what: '60 × 600 cells, heatmap',
    ours: { type: 'kymo-heatmap-panel', subject: 'rows', shown: '[data-testid=kymo-heatmap]' },
    stock: {
      ...{ type: 'heatmap', subject: 'rows', shown: '.uplot canvas' },
      options: { calculate: false, ...noLegend },
    },
  },
  {
    what: '5 protocols, table',
    ours: {
      ...{ type: 'kymo-protocols-panel', subject: 'protocols' },
      shown: '[data-testid=kymo-protocol-row]',
    },
    stock: {
      ...{ type: 'table', subject: 'protocols', shown: '[role=row]' },
      transformations: [{ id: 'reduce', options: { reducers: ['lastNotNull'] } }],
    },
  },
  {
    what: '100 alerts, table',
    ours: alerts,
    stock: { type: 'table', subject: 'alerts', shown: '[role=row]' },
  },
  {
    what: '100 alerts, state timeline',
    ours: alerts,
    stock: {
      ...{ type: 'state-timeline', subject: 'states', shown: '.uplot canvas' },
      options: { ...noLegend, showValue: 'never' },
      fieldConfig: { defaults: { mappings: [STATE_COLORS] }, overrides: [] },
    },
  },
];

/** Each of our panels beside the one of Grafana's that is closest to it, on the same frames. */
export async function measureBesideStock(
  stand: Stand,
  chromium: Chromium,
  { seconds, rounds }: Options,
) {
  const results = [];
  for (const { what, ours, stock } of PAIRS) {
    const costs: { ours: Cost[]; stock: Cost[] } = { ours: [], stock: [] };
    for (let round = 0; round < rounds; round += 1) {
      costs.ours.push(await costOfSide(stand, chromium, ours, seconds));
      costs.stock.push(await costOfSide(stand, chromium, stock, seconds));
    }
    results.push({ what, ours: middle(costs.ours), stock: middle(costs.stock) });
  }
  print(results);
  return results;
}

const middle = (costs: readonly Cost[]): Cost => ({
  cpu: median(costs.map(({ cpu }) => cpu)),
  thread: median(costs.map(({ thread }) => thread)),
});

async function costOfSide(
  stand: Stand,
  chromium: Chromium,
  { subject, shown, ...panel }: Side,
  seconds: number,
): Promise<Cost> {
  const url = await stand.save(fedDashboard(`${panel.type}-${subject}`, subject, panel));
  const page = await openDashboard(chromium, url, shown);
  const rest = await costOf(chromium, page, { seconds: seconds / 2 });
  await feed(page);
  await settle('fed');
  const fed = await costOf(chromium, page, { seconds });
  await page.context().close();
  return { cpu: fed.cpu - rest.cpu, thread: fed.thread - rest.thread };
}

function print(results: readonly { what: string; ours: Cost; stock: Cost }[]): void {
  printTable('beside Grafana’s own panels, at 10 Hz, less the page at rest (aim: half)', [
    ['', 'ours, % of a core', 'stock', 'ratio', 'ours, ms of the thread a value', 'stock', 'ratio'],
    ...results.map(({ what, ours, stock }) => [
      what,
      one(ours.cpu),
      one(stock.cpu),
      (ours.cpu / stock.cpu).toFixed(2),
      one(ours.thread),
      one(stock.thread),
      (ours.thread / stock.thread).toFixed(2),
    ]),
  ]);
}
