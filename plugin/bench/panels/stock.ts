import {
  costAbove,
  costOf,
  feed,
  medianCost,
  settle,
  type Chromium,
  type Cost,
} from './chromium.js';
import { openDashboard } from './dashboard-page.js';
import { fedDashboard } from './dashboards.js';
import { one, printTable } from './figures.js';
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

interface Group {
  readonly what: string;
  readonly ours: Side;
  /** By what they are called in the table. */
  readonly peers: Readonly<Record<string, Side>>;
}

const noLegend = { legend: { showLegend: false } };
const STATE_COLORS = {
  type: 'value',
  options: { firing: { color: 'red', index: 0 }, pending: { color: 'yellow', index: 1 } },
};

const GROUPS: readonly Group[] = [
  {
    what: '50 cards',
    ours: { type: 'kymo-kpi-panel', subject: 'kpi', shown: '[data-testid=kymo-kpi-card] canvas' },
    peers: {
      stat: {
        ...{ type: 'stat', subject: 'kpi', shown: '.uplot canvas' },
        options: { graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'] } },
      },
    },
  },
  {
    what: '60 × 600 cells',
    ours: { type: 'kymo-heatmap-panel', subject: 'rows', shown: '[data-testid=kymo-heatmap]' },
    peers: {
      heatmap: {
        ...{ type: 'heatmap', subject: 'rows', shown: '.uplot canvas' },
        options: { calculate: false, ...noLegend },
      },
    },
  },
  {
    what: '5 protocols',
    ours: {
      ...{ type: 'kymo-protocols-panel', subject: 'protocols' },
      shown: '[data-testid=kymo-protocol-row]',
    },
    peers: {
      table: {
        ...{ type: 'table', subject: 'protocols', shown: '[role=row]' },
        transformations: [{ id: 'reduce', options: { reducers: ['lastNotNull'] } }],
      },
      // What Grafana does with the frames before any panel sees them.
      'nothing drawn': {
        ...{ type: 'kymo-protocols-panel', subject: 'protocols' },
        shown: '[data-testid=kymo-notice]',
        options: { label: 'none' },
      },
    },
  },
  {
    what: '100 alerts',
    ours: {
      ...{ type: 'kymo-alerts-panel', subject: 'alerts' },
      shown: '[data-testid=kymo-alert]',
    },
    peers: {
      table: { type: 'table', subject: 'alerts', shown: '[role=row]' },
      'state timeline': {
        ...{ type: 'state-timeline', subject: 'states', shown: '.uplot canvas' },
        options: { ...noLegend, showValue: 'never' },
        fieldConfig: { defaults: { mappings: [STATE_COLORS] }, overrides: [] },
      },
    },
  },
];

interface Result {
  readonly what: string;
  readonly peer: string;
  readonly ours: Cost;
  readonly theirs: Cost;
}

/** Each of our panels beside those of Grafana's that are closest to it, on the same frames. */
export async function measureBesideStock(
  stand: Stand,
  chromium: Chromium,
  { seconds, rounds }: Options,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const { what, ours, peers } of GROUPS) {
    const sides = [ours, ...Object.values(peers)];
    const costs: Cost[][] = sides.map(() => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, side] of sides.entries()) {
        costs[at].push(await costOfSide(stand, chromium, side, seconds));
      }
    }
    const [first, ...others] = costs.map(medianCost);
    Object.keys(peers).forEach((peer, at) => {
      results.push({ what, peer, ours: first, theirs: others[at] });
    });
  }
  print(results);
  return results;
}

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
  return costAbove(fed, rest);
}

function print(results: readonly Result[]): void {
  printTable(
    'beside Grafana’s own panels at 10 Hz, less the page at rest: ms on a processor a value',
    [
      ['', 'beside', 'ours', 'theirs', 'ratio (aim: 0.5)', 'ours, the page’s thread', 'theirs'],
      ...results.map(({ what, peer, ours, theirs }) => [
        ...[what, peer, one(ours.all), one(theirs.all), (ours.all / theirs.all).toFixed(2)],
        ...[one(ours.thread), one(theirs.thread)],
      ]),
    ],
  );
}
