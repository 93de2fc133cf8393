import type { Watches } from '../watches/watches.js';

/** What the scores of a watch were like over a recording. */
export interface WatchSummary {
  readonly watch: string;
  readonly series: number;
  /** Points that were scored. */
  readonly points: number;
  /** Of those, the ones after the warm-up. */
  readonly warm: number;
  readonly above: number;
  /** Highest score, NaN where there is none. */
  readonly highest: number;
  /** Unix milliseconds of it. */
  readonly highestAt: number;
}

interface Count {
  readonly series: Set<string>;
  points: number;
  warm: number;
  above: number;
  highest: number;
  highestAt: number;
}

/** Counts the scores of watches, tick by tick. */
export class WatchTally {
  readonly #counts = new Map<string, Count>();

  /** Counts what was scored at `time`. */
  note(watches: Watches, time: number): void {
    for (const watch of watches.names) {
      for (const explanation of watches.explain(watch)) {
        const { score, warm, labels } = explanation;
        if (explanation.time !== time || Number.isNaN(score)) continue;
        const count = this.#count(watch);
        count.series.add(JSON.stringify(labels));
        count.points++;
        if (warm) count.warm++;
        if (score > 1) count.above++;
        if (score <= count.highest) continue;
        count.highest = score;
        count.highestAt = time;
      }
    }
  }

  summaries(names: readonly string[]): WatchSummary[] {
    return names.map((watch) => {
      const { series, highest, ...counts } = this.#counts.get(watch) ?? emptyCount();
      const known = highest === -Infinity ? NaN : highest;
      return { watch, series: series.size, ...counts, highest: known };
    });
  }

  #count(watch: string): Count {
    let count = this.#counts.get(watch);
    if (count === undefined) {
      count = emptyCount();
      this.#counts.set(watch, count);
    }
    return count;
  }
}

function emptyCount(): Count {
  const highest = -Infinity;
  return { series: new Set(), points: 0, warm: 0, above: 0, highest, highestAt: 0 };
}
