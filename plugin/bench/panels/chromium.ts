import { setTimeout } from 'node:timers/promises';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
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
    window.kymoTimer = setInterval(() => {
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

/** What a page costs that goes on by itself. */
export interface Cost {
  /** Percent of a core, of all processes of the browser. */
  readonly cpu: number;
  /** Milliseconds on a processor that the page's thread takes for a value. */
  readonly thread: number;
}

export async function costOf(
  { pid }: Chromium,
  page: Page,
  { seconds, every = EVERY }: { readonly seconds: number; readonly every?: number },
): Promise<Cost> {
  const session = await page.context().newCDPSession(page);
  const [before, began] = [await threadTime(session), performance.now()];
  const cpu = await cpuWhile(pid, seconds);
  const thread = (await threadTime(session)) - before;
  const values = (performance.now() - began) / every;
  await session.detach();
  return { cpu, thread: thread / values };
}
