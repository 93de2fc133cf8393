import { startChromium } from './chromium.js';
import { grafanaHome, startStand } from './grafana.js';
import { measureHeap } from './heap.js';
import { measureLatency } from './latency.js';
import type { Options } from './options.js';
import { measureBesideStock } from './stock.js';
import { measureMany, measureStream } from './streams.js';

const measures = {
  stock: measureBesideStock,
  stream: measureStream,
  many: measureMany,
  latency: measureLatency,
  heap: measureHeap,
} as const;

/** The parts that need a Grafana, by name; none where there is none. */
export async function measureInGrafana(options: Options): Promise<Record<string, unknown>> {
  const names = (Object.keys(measures) as (keyof typeof measures)[]).filter((name) =>
    options.parts.has(name),
  );
  if (names.length === 0) return {};
  if (grafanaHome === undefined) {
    console.error(`GRAFANA_HOME is not set: ${names.join(', ')} were not measured.`);
    return {};
  }
  const stand = await startStand();
  try {
    const chromium = await startChromium();
    try {
      const results: Record<string, unknown> = {};
      for (const name of names) results[name] = await measures[name](stand, chromium, options);
      return results;
    } finally {
      await chromium.browser.close();
    }
  } finally {
    await stand.stop();
  }
}
