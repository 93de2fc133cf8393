import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/lib/logger.js';
import { ExponentialRecorder } from '../../../src/series/exponential-recorder.js';
import { BucketBuilder, newCarry, type Bucket } from '../../../src/series/history/bucket.js';
import { Catalog } from '../../../src/series/history/catalog.js';
import type { RawSample } from '../../../src/series/history/raw-codec.js';
import { openTiers, TIERS } from '../../../src/series/history/tiers.js';
import { plain, temporaryDirectory } from './fixture.js';
import { VERSION_1 } from './version-1.js';

const START = 1_699_999_200_000;
const QUARTER = 900_000;
const HOUR = 3_600_000;

function integersFrom(time: number): RawSample[] {
  return Array.from({ length: 12 }, (_, i) => ({
    time: time + 1000 * i,
    value: i * i + (time - START),
    stale: false,
  }));
}

function othersFrom(time: number): RawSample[] {
  const recorder = new ExponentialRecorder();
  recorder.observe(3);
  return [
    ...integersFrom(time).map((one) => ({ ...one, value: Math.sqrt(one.time) })),
    { time: time + 20_000, value: NaN, stale: true },
    { time: time + 30_500, value: NaN, stale: false, histogram: recorder.toHistogram() },
  ];
}

function bucketsFrom(time: number, kind: 'gauge' | 'counter'): Bucket[] {
  const builder = new BucketBuilder();
  const carry = newCarry();
  return Array.from({ length: 9 }, (_, minute) => {
    builder.begin(kind);
    const start = time + 60_000 * minute;
    for (let i = 0; i < 6; i++) builder.add(start + 10_000 * i, 100 * minute + (i * i) / 4, carry);
    return builder.end(start) as Bucket;
  });
}

test('blocks and logs of version 1 are read, and are written anew as they were', async () => {
  const directory = temporaryDirectory();
  for (const [file, base64] of Object.entries(VERSION_1)) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), Buffer.from(base64, 'base64'));
  }
  // The second time all of it is in blocks of the present version but what was in blocks before.
  for (const isCut of [false, true]) {
    const tiers = await openTiers(directory, {
      catalog: new Catalog(),
      logger: silentLogger,
      partBytes: 2 ** 20,
      now: () => 0,
    });
    if (isCut) for (const tier of [tiers.raw, tiers.minute]) await tier.cut(Infinity);
    expect(await tiers.raw.read('a', 0, Infinity)).toEqual(
      [START, START + QUARTER].flatMap(integersFrom),
    );
    expect(await tiers.raw.read('b', 0, Infinity)).toEqual(
      [START, START + QUARTER].flatMap(othersFrom),
    );
    for (const [key, kind] of [
      ['a', 'gauge'],
      ['b', 'counter'],
    ] as const) {
      const found = await tiers.minute.read(key, 0, Infinity);
      const expected = [START, START + HOUR].flatMap((time) => bucketsFrom(time, kind));
      expect(found.map(plain)).toEqual(expected);
    }
    for (const name of TIERS) await tiers[name].close();
  }
});
