import { BucketBuilder, newCarry, type Bucket, type Carry } from './bucket.js';
import { labelsOfKey, type Catalog, type SeriesRef } from './catalog.js';
import { kindOf } from './kind.js';
import { bufferOf, type RawSample } from './raw-codec.js';
import type { Standing } from './following.js';
import { bucketsOf } from './rollups.js';
import { breathe } from './slices.js';
import type { Tier } from './tier.js';

/** How long before the newest raw sample a series may have had its last, to be gone on with. */
const REACH = 3_600_000;
/** Sealing is at most two minutes behind, and late samples are few. */
const UNSEALED = 300_000;
const SERIES_A_SLICE = 64;

/**
 * After a restart: makes minutes of the raw samples that had not been sealed, and notes where each
 * series stood, so that counters go on from there.
 */
export async function recoverStandings(
  tiers: {
    readonly raw: Tier<RawSample>;
    readonly minute: Tier<Bucket>;
    readonly catalog: Catalog;
  },
  onBuckets: (ref: SeriesRef, buckets: readonly Bucket[]) => void,
): Promise<Map<string, Standing>> {
  const { raw, minute, catalog } = tiers;
  const standings = new Map<string, Standing>();
  const newest = Math.max(await raw.newest(), await minute.newest());
  if (newest === -Infinity) return standings;
  const from = newest - REACH;
  const keys = new Set([
    ...(await raw.keys(from, Infinity)),
    ...(await minute.keys(from, Infinity)),
  ]);
  const builder = new BucketBuilder();
  let visited = 0;
  for (const key of keys) {
    const bucket = (await minute.read(key, from, Infinity)).at(-1);
    const samples = await raw.read(key, newest - UNSEALED, Infinity);
    const carry = carryOf(bucket, samples);
    const sealed = bucket?.lastTime ?? -Infinity;
    const unsealed = samples.filter(({ time }) => time > sealed);
    const kind = bucket?.kind ?? kindOf(labelsOfKey(key), undefined);
    const ref = catalog.acquire(key);
    const buckets = bucketsOf(bufferOf(unsealed), { kind, carry }, builder);
    if (buckets.length > 0) onBuckets(ref, buckets);
    catalog.release(ref);
    const last = samples.at(-1)?.time ?? -Infinity;
    const standing = { carry, sealed: Math.max(sealed, last), raw: Math.max(sealed, last) };
    standings.set(key, standing);
    if (++visited % SERIES_A_SLICE === 0) await breathe();
  }
  return standings;
}

function carryOf(bucket: Bucket | undefined, samples: readonly RawSample[]): Carry {
  const carry = newCarry();
  if (bucket === undefined) return carry;
  carry.time = bucket.lastTime;
  carry.value = bucket.last;
  carry.histogram = samples.findLast(
    ({ time, histogram }) => time <= bucket.lastTime && histogram !== undefined,
  )?.histogram;
  return carry;
}
