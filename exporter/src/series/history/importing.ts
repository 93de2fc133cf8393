import type { LabelSet } from '../labels.js';
import { BucketBuilder, mergeBuckets, newCarry, type Bucket, type Carry } from './bucket.js';
import type { Calendar } from './calendar.js';
import type { Catalog } from './catalog.js';
import { kindOf } from './kind.js';
import { bufferOf, type RawSample } from './raw-codec.js';
import { bucketsOf } from './rollups.js';
import type { Sealing } from './sealing.js';
import { TIERS, type Tiers } from './tiers.js';
import type { Upkeep } from './upkeep.js';

const MINUTE = 60_000;
/** Bytes in a tier from which they are written: a flush writes to a log an hour, however little. */
const BYTES_A_FLUSH = 32 * 2 ** 20;

export interface ImportOptions {
  readonly tiers: Tiers;
  readonly catalog: Catalog;
  readonly calendar: Calendar;
  readonly hours: Sealing;
  readonly days: Sealing;
  readonly upkeep: Upkeep;
}

/** What became of samples. */
export interface Imported {
  readonly kept: number;
  /** Left out, since the store had samples of the series in that minute or hour. */
  readonly present: number;
}

interface Progress {
  readonly carry: Carry;
  /** Starts of the minutes and hours that the store had before. */
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
}

/**
 * Brings samples from elsewhere into a store that no exporter writes to. Buckets of the same time are
 * merged, so what a store has already must not come twice: it is left out.
 */
export class HistoryImport {
  readonly #options: ImportOptions;
  readonly #builder = new BucketBuilder();
  readonly #series = new Map<string, Progress>();
  #newest = -Infinity;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  /** Adds samples of one series, in order of time and after those that were added before. */
  async add(labels: LabelSet, samples: readonly RawSample[]): Promise<Imported> {
    const { catalog, calendar, tiers, hours, days, upkeep } = this.#options;
    const progress = await this.#progressOf(labels);
    const isNew = ({ time }: RawSample): boolean =>
      !progress.minutes.has(Math.floor(time / MINUTE) * MINUTE) &&
      !progress.hours.has(calendar.startOf('hour', time));
    const kept = samples.filter(isNew);
    if (kept.length > 0) {
      const { carry } = progress;
      const kind = kindOf(labels, undefined);
      const buckets = bucketsOf(bufferOf(kept), { kind, carry }, this.#builder);
      const ref = catalog.acquire(labels.key);
      tiers.raw.add(ref, kept);
      tiers.minute.add(ref, buckets);
      for (const { start } of buckets) {
        hours.begin(start);
        days.begin(start);
      }
      for (const hour of mergedBy(buckets, ({ start }) => calendar.startOf('hour', start))) {
        hours.correct(ref, hour);
        days.correct(ref, hour);
      }
      catalog.release(ref);
      this.#newest = Math.max(this.#newest, kept[kept.length - 1].time);
    }
    if (TIERS.some((name) => tiers[name].waiting >= BYTES_A_FLUSH)) await upkeep.flush();
    return { kept: kept.length, present: samples.length - kept.length };
  }

  /** Makes hours and days of what was added, and drops what is too old beside it. */
  async finish(): Promise<void> {
    if (this.#newest === -Infinity) return;
    const { upkeep } = this.#options;
    await upkeep.flush();
    await upkeep.idle();
    await upkeep.maintain(this.#newest, Math.floor(this.#newest / MINUTE) * MINUTE);
  }

  async #progressOf(labels: LabelSet): Promise<Progress> {
    const known = this.#series.get(labels.key);
    if (known !== undefined) return known;
    const { minute, hour } = this.#options.tiers;
    const startsIn = async (tier: Tiers['minute']): Promise<ReadonlySet<number>> =>
      new Set((await tier.read(labels.key, -Infinity, Infinity)).map(({ start }) => start));
    const progress = {
      carry: newCarry(),
      minutes: await startsIn(minute),
      hours: await startsIn(hour),
    };
    this.#series.set(labels.key, progress);
    return progress;
  }
}

/** Neighbours with the same start are made one. */
function mergedBy(buckets: readonly Bucket[], startOf: (bucket: Bucket) => number): Bucket[] {
  const merged: Bucket[] = [];
  for (const bucket of buckets) {
    const start = startOf(bucket);
    const last = merged.at(-1);
    if (last?.start === start) merged[merged.length - 1] = mergeBuckets(last, { ...bucket, start });
    else merged.push({ ...bucket, start });
  }
  return merged;
}
