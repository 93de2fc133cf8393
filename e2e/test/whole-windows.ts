import { readFileSync } from 'node:fs';

/** When an exporter has collected, and when its series began. */
export interface Collected {
  /** Unix milliseconds, one a second but for ticks that were missed. */
  readonly ticks: ReadonlySet<number>;
  /** The first of them. */
  readonly since: number;
  /** By metric; Unix milliseconds. */
  readonly begins: ReadonlyMap<string, readonly number[]>;
}

/** Reads that from what `kymo history export` has written: series by series, each in order of time. */
export function collectedIn(file: string): Collected {
  const ticks = new Set<number>();
  const begins = new Map<string, number[]>();
  let last = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [series] = /^[^{ ]+(\{.*\})?/.exec(line) ?? [''];
    if (series === '' || line.startsWith('#')) continue;
    const time = Math.round(Number(line.slice(line.lastIndexOf(' ') + 1)) * 1000);
    ticks.add(time);
    if (series === last) continue;
    last = series;
    const [metric] = series.split('{', 1);
    const known = begins.get(metric);
    if (known === undefined) begins.set(metric, [time]);
    else known.push(time);
  }
  const since = [...ticks].reduce((first, time) => Math.min(first, time), Infinity);
  return { ticks, since, begins };
}

const SECOND = 1000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: 60_000, h: 3_600_000 };

/**
 * Whether what an expression answers at a time (Unix ms) is the same by every version of Prometheus. `rate` and
 * `increase` extrapolate windows in which a counter begins, or a sample is missing, and do so otherwise since 3.0.
 */
export function isWhole({ ticks, since, begins }: Collected, expr: string, time: number): boolean {
  // What was imported is no counter that begins.
  if (time < since) return true;
  // Without a tick the answer is what was before, as far as it has not ended: the text does not say that.
  if (!ticks.has(Math.floor(time / SECOND) * SECOND)) return false;
  if (!/\b(rate|increase)\(/.test(expr)) return true;
  const windows = [...expr.matchAll(/\[(\d+)(ms|s|m|h)\]/g)];
  const from = time - Math.max(0, ...windows.map(([, count, unit]) => Number(count) * UNITS[unit]));
  for (let tick = time; tick > from; tick -= SECOND) if (!ticks.has(tick)) return false;
  const metrics = expr.match(/[a-zA-Z_:][a-zA-Z0-9_:]*/g) ?? [];
  return !metrics.some((metric) =>
    begins.get(metric)?.some((begin) => begin > from - SECOND && begin <= time),
  );
}
