// What panels cost in headless Chromium at 10 Hz: 50 KPI cards, and a heatmap of 60 × 600 cells, drawn by
// the preview's own host from frames that are made as the datasource makes them. Argument: seconds that
// each is measured for (default 20).
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { cpuOfChildren } from './process-cpu.js';
import { turnsOf, type Turn } from './trace.js';

const SUBJECTS = [
  { name: 'kpi', title: '50 cards', limit: { longest: 50 } },
  { name: 'heatmap', title: 'heatmap 60 × 600', limit: { median: 5 } },
] as const;
const RATIOS = [1, 2];
/** Milliseconds between two values. */
const EVERY = 100;
/** Seconds after start-up before anything is measured. */
const WARM_UP = 5;
const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'blink.user_timing',
];
const FEED = `
  window.kymoTimer = setInterval(() => {
    performance.mark('kymo-feed');
    window.kymoFeed();
  }, ${EVERY});`;

interface Result {
  readonly panel: string;
  readonly ratio: number;
  /** Milliseconds of the page's thread for one value a series: all tasks until the next one. */
  readonly median: number;
  readonly p99: number;
  /** The same, in time on a processor rather than on the clock. */
  readonly medianCpu: number;
  /** Milliseconds on the clock of the longest task. */
  readonly longest: number;
  /** Percent of a core that the browser's processes take, less those of the same page at rest. */
  readonly cpu: number;
  readonly turns: number;
}

export async function run(): Promise<void> {
  const seconds = process.argv.slice(1).map(Number).find(Number.isFinite) ?? 20;
  const folder = harness();
  const results: Result[] = [];
  for (const { name } of SUBJECTS) {
    for (const ratio of RATIOS) results.push(await measure(folder, name, ratio, seconds));
  }
  print(results);
}

function harness(): string {
  const build = path.resolve('plugin/preview/harness/build.js');
  const { status } = spawnSync(process.execPath, [build, '18'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the page could not be built');
  return path.resolve('.cache/harness/18');
}

async function measure(
  folder: string,
  panel: string,
  ratio: number,
  seconds: number,
): Promise<Result> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await open(browser, folder, panel, ratio);
    const atRest = await cpuWhile(seconds / 2);
    await page.evaluate(FEED);
    await setTimeout(WARM_UP * 1000);
    const fed = await cpuWhile(seconds);
    const turns = await traced(browser, page, seconds);
    return {
      panel,
      ratio,
      ...figuresOf(turns),
      cpu: (fed - atRest) * 100,
      turns: turns.length,
    };
  } finally {
    await browser.close();
  }
}

async function open(browser: Browser, folder: string, panel: string, ratio: number): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 1440, height: panel === 'kpi' ? 1100 : 400 },
    deviceScaleFactor: ratio,
    colorScheme: 'dark',
  });
  await page.route(/.*/, (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname === '/' ? 'index.html' : pathname.slice(1);
    return route.fulfill({ path: path.join(folder, path.basename(file)) });
  });
  await page.goto(`http://kymo.test/?bench=${panel}`);
  await page
    .getByTestId(panel === 'kpi' ? 'kymo-kpi-card' : 'kymo-heatmap')
    .first()
    .waitFor();
  // What start-up leaves behind.
  await setTimeout(WARM_UP * 1000);
  return page;
}

/** Seconds on a processor of the browser's processes, a second. */
async function cpuWhile(seconds: number): Promise<number> {
  const [before, began] = [cpuOfChildren(), performance.now()];
  await setTimeout(seconds * 1000);
  return (cpuOfChildren() - before) / ((performance.now() - began) / 1000);
}

async function traced(browser: Browser, page: Page, seconds: number): Promise<Turn[]> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await setTimeout(seconds * 1000);
  const trace = await browser.stopTracing();
  return turnsOf(trace.toString(), 'kymo-feed');
}

function figuresOf(turns: readonly Turn[]) {
  const clock = sorted(turns.map(({ duration }) => duration));
  const cpu = sorted(turns.map((turn) => turn.cpu));
  return {
    median: quantile(clock, 0.5),
    p99: quantile(clock, 0.99),
    medianCpu: quantile(cpu, 0.5),
    longest: Math.max(...turns.map(({ longest }) => longest)),
  };
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const quantile = (rising: readonly number[], share: number): number =>
  rising[Math.max(0, Math.ceil(share * rising.length) - 1)] ?? NaN;

function print(results: readonly Result[]): void {
  const ms = (value: number): string => value.toFixed(1);
  console.log('milliseconds of the page’s thread for one value a series, at 10 Hz\n');
  console.log('panel              DPR  median  on CPU     p99  longest task  CPU of all processes');
  for (const { name, title, limit } of SUBJECTS) {
    for (const one of results.filter(({ panel }) => panel === name)) {
      const figures = [
        title.padEnd(17),
        String(one.ratio).padStart(4),
        ms(one.median).padStart(7),
        ms(one.medianCpu).padStart(7),
        ms(one.p99).padStart(7),
        ms(one.longest).padStart(13),
        `${ms(one.cpu)} %`.padStart(21),
      ];
      console.log(figures.join(' '));
    }
    const said = Object.entries(limit).map(([figure, most]) => `${figure} below ${most} ms`);
    console.log(`  aim: ${said.join(', ')}`);
  }
  console.log(JSON.stringify({ benchmark: 'panels', hertz: 1000 / EVERY, results }));
}
