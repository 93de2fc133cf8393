import type { Chromium } from './chromium.js';
import { openDashboard } from './dashboard-page.js';
import { clockDashboard } from './dashboards.js';
import { one, printTable, quantile } from './figures.js';
import type { Stand } from './grafana.js';
import type { Options } from './options.js';

interface Latencies {
  /** Milliseconds from the sample's tick until the page's thread had painted the frame that shows it. */
  readonly painted: number[];
  /** Until the next frame after that: it was on the screen by then. */
  readonly shown: number[];
}

/**
 * The card's value is the time of its sample. A message that is posted while a frame is made is taken
 * after its painting.
 */
const watch = (seconds: number): string => `new Promise((resolve) => {
  const card = document.querySelector('[data-testid=kymo-kpi-value]');
  const now = () => performance.timeOrigin + performance.now();
  const painted = [];
  const shown = [];
  let sample = 0;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    painted.push(now() - data);
    requestAnimationFrame(() => shown.push(now() - data));
  };
  const look = () => {
    const time = Number(card.textContent) * 1000;
    if (time === sample) return;
    sample = time;
    port2.postMessage(time);
  };
  const observer = new MutationObserver(look);
  observer.observe(card, { childList: true, characterData: true, subtree: true });
  setTimeout(() => {
    observer.disconnect();
    resolve({ painted, shown });
  }, ${seconds * 1000});
})`;

/** From a sample's tick to its paint, over the WebSocket, at 10 Hz. */
export async function measureLatency(stand: Stand, chromium: Chromium, { seconds }: Options) {
  const url = await stand.save(clockDashboard());
  const page = await openDashboard(chromium, url, '[data-testid=kymo-kpi-value]');
  const { painted, shown }: Latencies = await page.evaluate(watch(2 * seconds));
  await page.context().close();
  const result = {
    frames: painted.length,
    painted: spread(painted),
    shown: spread(shown),
  };
  const row = ({ p50, p95, p99, most }: ReturnType<typeof spread>) =>
    [p50, p95, p99, most].map(one);
  printTable(`from tick to paint at 10 Hz, beside 100 series: ms of ${painted.length} frames`, [
    ['', 'p50', 'p95', 'p99 (aim: below 60)', 'most'],
    ['painted', ...row(result.painted)],
    ['next frame', ...row(result.shown)],
  ]);
  return result;
}

const spread = (values: readonly number[]) => ({
  p50: quantile(values, 0.5),
  p95: quantile(values, 0.95),
  p99: quantile(values, 0.99),
  most: quantile(values, 1),
});
