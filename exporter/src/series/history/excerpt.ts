import type { Calendar } from './calendar.js';
import {
  BUCKET_SIZES,
  TooMuchHistoryError,
  type ExcerptOptions,
  type HistoryExcerpt,
  type HistoryPiece,
  type HistoryRequest,
  type HistoryResolution,
} from './door.js';
import { keyFilter } from './key-filter.js';
import type { Sealing } from './sealing.js';
import { breathe } from './slices.js';
import type { Found } from './tier.js';
import { TIERS, type TierName, type Tiers } from './tiers.js';

const CHEAP_BYTES = 4 * 2 ** 20;
/** A minute, and some for what is just being written. */
const SEAM = 90_000;

interface Store {
  readonly tiers: Tiers;
  readonly calendar: Calendar;
  readonly hours: Sealing;
  readonly days: Sealing;
}

interface Candidate {
  readonly resolution: HistoryResolution;
  readonly maxBytes: number;
}

interface FoundIn {
  readonly tier: TierName;
  readonly found: Found;
}

/** Takes what a query wants out of the store, at the best resolution that it has and can afford. */
export async function takeExcerpt(
  store: Store,
  request: HistoryRequest,
  options: ExcerptOptions,
): Promise<HistoryExcerpt> {
  const keeps = keyFilter(request.sets);
  for (const { resolution, maxBytes } of candidates(store, request, options)) {
    options.check();
    const found = await Promise.all(
      rangesOf(store, request, resolution).map(async ({ tier, from, to }) => ({
        tier,
        found: await store.tiers[tier].find({ from, to, keeps, maxBytes }),
      })),
    );
    const bytes = found.reduce((sum, part) => sum + part.found.bytes, 0);
    if (bytes > maxBytes) continue;
    const excerpt = new ExcerptWriter();
    for (const part of found) {
      if (request.namesOnly) excerpt.name(part);
      else await excerpt.read(part, { store, check: options.check });
    }
    return { resolution, timeZone: store.calendar.timeZone, ...excerpt.result() };
  }
  throw new TooMuchHistoryError();
}

/**
 * Resolutions that reach back far enough, the best first: samples where they are few or nothing else
 * is fine enough, then the longest buckets that are fine enough, then those that are not.
 */
function candidates(
  { tiers }: Store,
  { from, coarsest, namesOnly }: HistoryRequest,
  { maxBytes, cheapBytes = CHEAP_BYTES }: ExcerptOptions,
): Candidate[] {
  // What is not yet made into longer buckets is read from shorter ones.
  const reach = (name: TierName): number =>
    name === 'raw'
      ? tiers.raw.oldest
      : Math.min(...TIERS.slice(1, TIERS.indexOf(name) + 1).map((tier) => tiers[tier].oldest));
  const covering = TIERS.filter(
    (name, i) =>
      from >= reach(name) ||
      // Nothing that is missing here is anywhere else.
      TIERS.slice(i + 1).every(
        (coarser) => reach(name) <= reach(coarser) + BUCKET_SIZES[coarser] + BUCKET_SIZES.minute,
      ),
  );
  const buckets = covering.filter((name) => name !== 'raw');
  if (namesOnly) return [{ resolution: buckets[0], maxBytes: Infinity }];
  const allowed = buckets.filter((name) => BUCKET_SIZES[name] <= coarsest).reverse();
  const others = buckets.filter((name) => BUCKET_SIZES[name] > coarsest);
  const list: Candidate[] = [...allowed, ...others].map((resolution) => ({ resolution, maxBytes }));
  if (covering.includes('raw')) {
    const bound = allowed.length > 0 ? Math.min(cheapBytes, maxBytes) : maxBytes;
    list.unshift({ resolution: 'raw', maxBytes: bound });
  }
  return list;
}

/** Where the items of a resolution are; those of time that is not sealed yet are finer. */
function rangesOf(
  { calendar, hours, days }: Store,
  request: HistoryRequest,
  resolution: HistoryResolution,
): { tier: TierName; from: number; to: number }[] {
  if (resolution === 'raw') {
    const to = Math.min(request.to, request.headFrom + SEAM) + 1;
    return [{ tier: 'raw', from: request.from, to }];
  }
  const to = request.to + 1;
  // Windows may be made as long as buckets are.
  const from = calendar.startOf(resolution, request.from - 2 * BUCKET_SIZES[resolution]);
  const ranges: { tier: TierName; from: number; to: number }[] = [];
  let start = from;
  if (resolution === 'day') {
    ranges.push({ tier: 'day', from: start, to });
    start = Math.max(start, calendar.startOf('day', Math.min(days.sealedUntil, to)));
  }
  if (resolution !== 'minute') {
    ranges.push({ tier: 'hour', from: start, to });
    start = Math.max(start, calendar.startOf('hour', Math.min(hours.sealedUntil, to)));
  }
  ranges.push({ tier: 'minute', from: start, to });
  return ranges;
}

class ExcerptWriter {
  readonly #series = new Map<string, number>();
  readonly #pieces: HistoryPiece[] = [];
  readonly #buffers: Uint8Array<ArrayBuffer>[] = [];

  name({ found }: FoundIn): void {
    for (const { key } of found.pending) this.#indexOf(key);
    for (const { entries } of found.blocks) for (const { key } of entries) this.#indexOf(key);
  }

  async read(
    { tier, found }: FoundIn,
    { store, check }: { store: Store; check: () => void },
  ): Promise<void> {
    this.#takePending(tier, found);
    for (const { block, entries } of found.blocks) {
      for await (const { bytes, inside } of store.tiers[tier].chunks(block, entries)) {
        const buffer = this.#buffers.push(bytes) - 1;
        for (const { key, offset, length } of inside) {
          this.#pieces.push({ series: this.#indexOf(key), tier, buffer, offset, length });
        }
        check();
      }
      await breathe();
      check();
    }
  }

  result(): Pick<HistoryExcerpt, 'keys' | 'pieces' | 'buffers'> {
    return { keys: [...this.#series.keys()], pieces: this.#pieces, buffers: this.#buffers };
  }

  #takePending(tier: TierName, { pending }: Found): void {
    const bytes = new Uint8Array(pending.reduce((sum, one) => sum + one.bytes.length, 0));
    const buffer = this.#buffers.push(bytes) - 1;
    let offset = 0;
    for (const one of pending) {
      bytes.set(one.bytes, offset);
      const { length } = one.bytes;
      this.#pieces.push({ series: this.#indexOf(one.key), tier, buffer, offset, length });
      offset += length;
    }
  }

  #indexOf(key: string): number {
    let index = this.#series.get(key);
    if (index === undefined) {
      index = this.#series.size;
      this.#series.set(key, index);
    }
    return index;
  }
}
