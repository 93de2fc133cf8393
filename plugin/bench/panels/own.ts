import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import {
  costAbove,
  costOf,
  feed,
  MARK,
  settle,
  startChromium,
  type Chromium,
  type Cost,
} from './chromium.js';
import { median, one, printTable, quantile } from './figures.js';
import { openHarness } from './harness-page.js';
import type { Options } from './options.js';
import { turnsOf, type Turn } from './trace.js';

const SUBJECTS = {
  cards: { subject: 'kpi', height: 1100, aim: 'longest task below 50 ms' },
  heatmap: { subject: 'heatmap', height: 400, aim: 'median below 5 ms' },
} as const;

const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'blink.user_timing',
];

/** What one of our panels costs at 10 Hz in the preview's host, without a Grafana around it. */
export async function measureOwn(name: keyof typeof SUBJECTS, { seconds, ratio }: Options) {
  const { aim, ...wanted } = SUBJECTS[name];
  const chromium = await startChromium();
  try {
    const page = await openHarness(chromium, { ...wanted, ratio });
    await page.evaluate('window.kymoFeed()');
    await settle('opened');
    const atRest = await costOf(chromium, page, { seconds: seconds / 2 });
    await feed(page);
    await settle('fed');
    const fed = await costOf(chromium, page, { seconds });
    const figures = figuresOf(await traced(chromium, page, seconds));
    const result = { ...figures, ...costAbove(fed, atRest), ratio };
    print(name, aim, result);
    return result;
  } finally {
    await chromium.browser.close();
  }
}

async function traced({ browser }: Chromium, page: Page, seconds: number): Promise<Turn[]> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await setTimeout(seconds * 1000);
  const trace = await browser.stopTracing();
  return turnsOf(trace.toString(), MARK);
}

function figuresOf(turns: readonly Turn[]) {
  const clock = turns.map(({ duration }) => duration);
  return {
    median: median(clock),
    p99: quantile(clock, 0.99),
    medianCpu: median(turns.map(({ cpu }) => cpu)),
    longest: Math.max(...turns.map(({ longest }) => longest)),
    longestCpu: Math.max(...turns.map(({ longestCpu }) => longestCpu)),
  };
}

type Result = ReturnType<typeof figuresOf> & Cost;

function print(name: string, aim: string, result: Result): void {
  const { median: middle, p99, longest, medianCpu, longestCpu, thread, all, cpu } = result;
  printTable(`${name}: milliseconds of the page’s thread for one value a series (${aim})`, [
    ['', 'median', 'p99', 'longest task'],
    ['on the clock', one(middle), one(p99), one(longest)],
    ['on a processor', one(medianCpu), '', one(longestCpu)],
  ]);
  console.log(
    `  without tracing: the page’s thread ${one(thread)} ms on a processor, all processes ${one(all)} ms`,
    `(${one(cpu)} % of a core)`,
  );
}
