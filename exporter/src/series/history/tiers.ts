import path from 'node:path';
import type { Logger } from '../../lib/logger.js';
import type { Bucket } from './bucket.js';
import { bucketCodec } from './bucket-codec.js';
import type { Catalog } from './catalog.js';
import { rawCodec, type RawSample } from './raw-codec.js';
import { Tier } from './tier.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A tier for each resolution. */
export interface Tiers {
  readonly raw: Tier<RawSample>;
  readonly minute: Tier<Bucket>;
  readonly hour: Tier<Bucket>;
  readonly day: Tier<Bucket>;
}

/** The finest first: so they go where the disk is too small. */
export const TIERS = ['raw', 'minute', 'hour', 'day'] as const;
export type TierName = (typeof TIERS)[number];

/** @throws KymoError `history_newer` */
export async function openTiers(
  directory: string,
  options: {
    catalog: Catalog;
    logger: Logger;
    partBytes: number;
    now: () => number;
    /** See {@link TierOptions.beforeBlock}. */
    beforeRawBlock?: () => Promise<void>;
  },
): Promise<Tiers> {
  const of = (name: TierName, partition: number) => ({
    ...options,
    directory: path.join(directory, name),
    partition,
  });
  return {
    raw: await Tier.open({
      ...of('raw', 15 * MINUTE),
      codec: rawCodec,
      beforeBlock: options.beforeRawBlock,
    }),
    minute: await Tier.open({ ...of('minute', HOUR), codec: bucketCodec }),
    hour: await Tier.open({ ...of('hour', DAY), codec: bucketCodec }),
    day: await Tier.open({ ...of('day', 32 * DAY), codec: bucketCodec }),
  };
}

export interface Retention extends Readonly<Record<TierName, number>> {
  /** Bytes of all files. */
  readonly size: number;
}

export function bytesOf(tiers: Tiers): number {
  return TIERS.reduce((sum, name) => sum + tiers[name].bytes, 0);
}

/** Drops what is too old, and the oldest of the finest while all is too large. */
export async function prune(tiers: Tiers, time: number, retention: Retention): Promise<void> {
  for (const name of TIERS) await tiers[name].dropBefore(time - retention[name]);
  for (const name of TIERS) {
    while (bytesOf(tiers) > retention.size && (await tiers[name].dropOldest()));
  }
}
