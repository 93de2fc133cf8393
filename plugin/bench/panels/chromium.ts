import { setTimeout } from 'node:timers/promises';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { median } from './figures.js';
import { childrenOf, cpuWhile } from './process-cpu.js';

export interface Chromium {
  readonly browser: Browser;
  /** Of the first of its processes. */
  readonly pid: number;
}

/** Milliseconds between two values. */
export const EVERY = 100;
/** Of the page's clock, before each value. */
export const MARK = 'kymo-feed';
/** Seconds before anything is measured: after a page was opened, and after its feed began. */
const SETTLES = { opened: 4, fed: 3 };

export async function startChromium(): Promise<Chromium> {
  const before = new Set(childrenOf(process.pid));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  });
  const pid = childrenOf(process.pid).find((child) => !before.has(child));
  if (pid === undefined) throw new Error('Chromium’s process is not found');
  return { browser, pid };
}

/** Feeds a page another value of each series, again and again; the first time all of them. */
export const feed = (page: Page, every = EVERY): Promise<unknown> =>
  page.evaluate(`
    window.kymoFed = 0;
    window.kymoTimer = setInterval(() => {
      window.kymoFed += 1;
      performance.mark('${MARK}');
      window.kymoFeed();
    }, ${every});`);

export const settle = (after: keyof typeof SETTLES): Promise<void> =>
  setTimeout(SETTLES[after] * 1000);

/** Milliseconds that the page's thread has been on a processor since some time in the past. */
export async function threadTime(session: CDPSession): Promise<number> {
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
}

/** What a page costs; milliseconds are those on a processor. */
export interface Cost {
  /** Percent of a core, of all processes of the browser. */
  readonly cpu: number;
  /** Milliseconds a value of all processes. One that is overloaded is fed less often. */
  readonly all: number;
  /** Milliseconds a value of the page's thread. */
  readonly thread: number;
  /** Values a second. */
  readonly rate: number;
}

interface Measuring {
  readonly seconds: number;
  /** Milliseconds between values of a page that is not fed. */
  readonly every?: number;
}

export async function costOf(
  { pid }: Chromium,
  page: Page,
  { seconds, every = EVERY }: Measuring,
): Promise<Cost> {
  const session = await page.context().newCDPSession(page);
  const fed = (): Promise<number | null> => page.evaluate('window.kymoFed ?? null');
  const [before, first] = [await threadTime(session), await fed()];
  const cpu = await cpuWhile(pid, seconds);
  const [after, last] = [await threadTime(session), await fed()];
  await session.detach();
  const values = first === null || last === null ? (seconds * 1000) / every : last - first;
  const all = (cpu * 10 * seconds) / values;
  return { cpu, all, thread: (after - before) / values, rate: values / seconds };
}

/** What a page costs more than it does at rest. */
export const costAbove = (cost: Cost, rest: Cost): Cost => ({
  cpu: cost.cpu - rest.cpu,
  // At rest there are no values: what it takes in the time of one.
  all: cost.all - (rest.all * rest.rate) / cost.rate,
  thread: cost.thread - (rest.thread * rest.rate) / cost.rate,
  rate: cost.rate,
});

/** Of several that were measured in turn. */
export const medianCost = (costs: readonly Cost[]): Cost => ({
  cpu: median(costs.map(({ cpu }) => cpu)),
  all: median(costs.map(({ all }) => all)),
  thread: median(costs.map(({ thread }) => thread)),
  rate: median(costs.map(({ rate }) => rate)),
});
