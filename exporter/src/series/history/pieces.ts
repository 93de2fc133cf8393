import { bucketCodec, decodeAll, tidyBuckets, type ItemCodec } from './bucket-codec.js';
import type { Bucket } from './bucket.js';
import { Calendar, type Resolution } from './calendar.js';
import type { HistoryExcerpt, HistoryPiece } from './door.js';
import { rawCodec, type RawSample } from './raw-codec.js';
import type { TierName } from './tiers.js';

const BUCKET_TIERS = ['day', 'hour', 'minute'] as const;

/** Decodes an excerpt, one series at a time. */
export class Pieces {
  readonly #excerpt: HistoryExcerpt;
  readonly #calendar: Calendar;
  readonly #bySeries: HistoryPiece[][];

  constructor(excerpt: HistoryExcerpt) {
    this.#excerpt = excerpt;
    this.#calendar = new Calendar(excerpt.timeZone);
    this.#bySeries = excerpt.keys.map(() => []);
    for (const piece of excerpt.pieces) this.#bySeries[piece.series].push(piece);
  }

  /** Samples of a series, in order. @param series index into the keys of the excerpt */
  samples(series: number): RawSample[] {
    return rawCodec.tidy(this.#decode(series, 'raw', rawCodec));
  }

  /** Buckets of a series, in order; finer ones only where there is no coarser one of their time. */
  buckets(series: number): Bucket[] {
    const all: Bucket[] = [];
    const covered: { readonly name: Resolution; readonly starts: ReadonlySet<number> }[] = [];
    for (const tier of BUCKET_TIERS) {
      const decoded = this.#decode(series, tier, bucketCodec);
      if (decoded.length === 0) continue;
      const isOpen = ({ start }: Bucket): boolean =>
        !covered.some(({ name, starts }) => starts.has(this.#calendar.startOf(name, start)));
      all.push(...tidyBuckets(covered.length === 0 ? decoded : decoded.filter(isOpen)));
      if (tier !== 'minute') {
        covered.push({ name: tier, starts: new Set(decoded.map(({ start }) => start)) });
      }
    }
    // Sorted by what they end with, which is the time that they stand for.
    return all.sort((a, b) => a.lastTime - b.lastTime);
  }

  #decode<Item>(series: number, tier: TierName, codec: ItemCodec<Item>): Item[] {
    const items: Item[] = [];
    for (const piece of this.#bySeries[series]) {
      if (piece.tier !== tier) continue;
      const { buffer, offset, length } = piece;
      const bytes = this.#excerpt.buffers[buffer].subarray(offset, offset + length);
      for (const item of decodeAll(bytes, codec.decode)) items.push(item);
    }
    return items;
  }
}
