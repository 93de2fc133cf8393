import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { costAbove, costOf, feed, settle, startChromium, threadTime } from './chromium.js';
import { median, one, printTable, quantile } from './figures.js';
import { openHarness } from './harness-page.js';
import type { Options } from './options.js';

const COUNT = 10_000;
/** Milliseconds between updates: an exporter tells of alerts at most once a tick. */
const EVERY = 1000;

/** Hands over all alerts, and waits until the frame that shows them is painted. */
const FIRST_PAINT = `new Promise((resolve) => {
  const began = performance.now();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => resolve(performance.now() - began);
  const look = () => {
    if (document.querySelector('[data-testid=kymo-alert]') === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => port2.postMessage(0));
  };
  window.kymoFeed();
  look();
})`;

/** Scrolls by a screen a frame; milliseconds between the frames. */
const SCROLL = `new Promise((resolve) => {
  const list = document.querySelector('[data-testid=kymo-alerts-list]');
  const gaps = [];
  let before = performance.now();
  const step = (now) => {
    gaps.push(now - before);
    before = now;
    list.scrollTop += 120;
    if (gaps.length < 180) requestAnimationFrame(step);
    else resolve(gaps.slice(1));
  };
  requestAnimationFrame(step);
})`;

/** What the alerts panel costs with 10,000 alerts, in the preview's host. */
export async function measureAlerts({ seconds, ratio }: Options) {
  const chromium = await startChromium();
  try {
    const page = await openHarness(chromium, {
      subject: 'alerts',
      count: COUNT,
      height: 900,
      ratio,
    });
    await setTimeout(1000);
    const firstPaint: number = await page.evaluate(FIRST_PAINT);
    await settle('opened');
    const atRest = await costOf(chromium, page, { seconds: seconds / 2, every: EVERY });
    await feed(page, EVERY);
    await settle('fed');
    const fed = await costOf(chromium, page, { seconds, every: EVERY });
    await page.evaluate('clearInterval(window.kymoTimer)');
    const made: number = await page.evaluate(MAKING);
    const scrolling = await scroll(page);
    const result = {
      firstPaint,
      update: costAbove(fed, atRest).thread,
      made,
      cpu: fed.cpu - atRest.cpu,
      ...scrolling,
    };
    print(result);
    return result;
  } finally {
    await chromium.browser.close();
  }
}

/** Milliseconds that the bench's own making of 10,000 alerts takes, which is no part of the panel. */
const MAKING = `(() => {
  const began = performance.now();
  for (let at = 0; at < 5; at += 1) window.kymoMake();
  return (performance.now() - began) / 5;
})()`;

async function scroll(page: Page) {
  const session = await page.context().newCDPSession(page);
  const before = await threadTime(session);
  const gaps: number[] = await page.evaluate(SCROLL);
  const frameCpu = ((await threadTime(session)) - before) / gaps.length;
  await session.detach();
  return { frameCpu, frameMedian: median(gaps), frameP99: quantile(gaps, 0.99) };
}

interface Result {
  readonly firstPaint: number;
  readonly update: number;
  readonly made: number;
  readonly cpu: number;
  readonly frameCpu: number;
  readonly frameMedian: number;
  readonly frameP99: number;
}

function print({ firstPaint, update, made, cpu, frameCpu, frameMedian, frameP99 }: Result): void {
  printTable(`alerts: ${COUNT} of them, milliseconds`, [
    ['from the frame to its first paint, on the clock', one(firstPaint)],
    ['an update, on a processor', one(update)],
    ['of that the making of the alerts', one(made)],
    ['all processes at an update a second, % of a core', one(cpu)],
    ['a frame while scrolling, on a processor', one(frameCpu)],
    ['from frame to frame while scrolling, median', one(frameMedian)],
    ['from frame to frame while scrolling, p99', one(frameP99)],
  ]);
}
