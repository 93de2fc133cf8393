import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/lib/logger.js';
import { SampleBuffer } from '../../../src/series/samples.js';
import { Catalog } from '../../../src/series/history/catalog.js';
import { rawCodec, type RawSample } from '../../../src/series/history/raw-codec.js';
import { Tier } from '../../../src/series/history/tier.js';
import { openTiers, bytesOf, prune } from '../../../src/series/history/tiers.js';
import { COUNTER, GAUGE, Process, temporaryDirectory } from './fixture.js';

const START = 1_699_999_980_000;
const MINUTE = 60_000;

const sample = (time: number, value = time): RawSample => ({ time, value, stale: false });

function openTier(directory: string, options: { partBytes?: number } = {}) {
  const catalog = new Catalog();
  const tier = Tier.open({
    directory,
    catalog,
    codec: rawCodec,
    logger: silentLogger,
    partition: MINUTE,
    partBytes: 2 ** 20,
    now: () => 0,
    ...options,
  });
  return tier.then((opened) => ({ tier: opened, catalog }));
}

/** A tier with `minutes` blocks of two series, and a log of the minute after. */
async function fill(directory: string, minutes: number): Promise<void> {
  const { tier, catalog } = await openTier(directory);
  const refs = ['a', 'b'].map((key) => catalog.acquire(key));
  for (let i = 0; i <= minutes; i++) {
    for (const ref of refs) tier.add(ref, [sample(i * MINUTE), sample(i * MINUTE + 1000)]);
    await tier.flush();
  }
  await tier.cut(minutes * MINUTE);
  await tier.close();
}

async function timesOf(directory: string, key = 'a'): Promise<number[]> {
  const { tier } = await openTier(directory);
  const samples = await tier.read(key, 0, Infinity);
  await tier.close();
  return samples.map(({ time }) => time);
}

const filesOf = (directory: string, kind: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith(kind))
    .map((name) => path.join(directory, name));

describe('a tier', () => {
  test('has all that was added, in blocks and in logs, after it is opened again', async () => {
    const directory = temporaryDirectory();
    await fill(directory, 3);
    expect(filesOf(directory, '.block')).toHaveLength(3);
    expect(filesOf(directory, '.log')).toHaveLength(1);
    const expected = [0, 1, 2, 3].flatMap((i) => [i * MINUTE, i * MINUTE + 1000]);
    expect(await timesOf(directory)).toEqual(expected);
    expect(await timesOf(directory, 'b')).toEqual(expected);
  });

  test('that is cut short at any byte of its last write has all that was written before', async () => {
    const whole = temporaryDirectory();
    const { tier, catalog } = await openTier(whole);
    const ref = catalog.acquire('a');
    tier.add(ref, [sample(1000)]);
    await tier.flush();
    const [log] = filesOf(whole, '.log');
    const before = statSync(log).size;
    tier.add(ref, [sample(2000)]);
    await tier.flush();
    const after = statSync(log).size;
    await tier.close();
    for (let size = before; size < after; size++) {
      const copy = path.join(temporaryDirectory(), 'copy');
      cpSync(whole, copy, { recursive: true });
      truncateSync(path.join(copy, path.basename(log)), size);
      expect(await timesOf(copy)).toEqual([1000]);
      expect(await timesOf(copy)).toEqual([1000]);
    }
    expect(await timesOf(whole)).toEqual([1000, 2000]);
  });

  test('does not count twice what is in a block whose logs a crash has left', async () => {
    const directory = temporaryDirectory();
    const { tier, catalog } = await openTier(directory);
    tier.add(catalog.acquire('a'), [sample(1000)]);
    await tier.flush();
    const [log] = filesOf(directory, '.log');
    const bytes = readFileSync(log);
    await tier.cut(Infinity);
    await tier.close();
    writeFileSync(log, bytes);
    const { tier: again } = await openTier(directory);
    expect(again.pendingBytes).toBe(0);
    await again.close();
    expect(filesOf(directory, '.log')).toEqual([]);
  });

  test('goes on without a block that is damaged, and keeps it aside', async () => {
    const directory = temporaryDirectory();
    await fill(directory, 2);
    const [first] = filesOf(directory, '.block');
    truncateSync(first, statSync(first).size - 1);
    expect(await timesOf(directory)).toEqual(
      [1, 2].flatMap((i) => [i * MINUTE, i * MINUTE + 1000]),
    );
    expect(filesOf(directory, '.damaged')).toHaveLength(1);
  });

  test('leaves out a series whose bytes are damaged', async () => {
    const directory = temporaryDirectory();
    await fill(directory, 1);
    const [block] = filesOf(directory, '.block');
    const bytes = readFileSync(block);
    bytes[17] ^= 0xff;
    writeFileSync(block, bytes);
    expect(await timesOf(directory, 'a')).toEqual([MINUTE, MINUTE + 1000]);
    expect(await timesOf(directory, 'b')).toHaveLength(4);
  });

  test('keeps what a full disk refuses and writes it when there is room', async () => {
    const directory = temporaryDirectory();
    const target = path.join(directory, 'tier');
    const { tier, catalog } = await openTier(target);
    const ref = catalog.acquire('a');
    tier.add(ref, [sample(1000)]);
    await tier.flush();
    // A directory in the way of the next files stands for a disk that refuses them.
    for (let i = 2; i < 6; i++) mkdirSync(path.join(target, `000000000${i}.log`));
    tier.add(ref, [sample(MINUTE)]);
    await expect(tier.flush()).rejects.toThrow('EEXIST');
    await expect(tier.cut(Infinity)).rejects.toThrow('EEXIST');
    expect(await tier.read('a', 0, Infinity)).toHaveLength(2);
    await expect(tier.flush()).rejects.toThrow('EEXIST');
    tier.add(ref, [sample(MINUTE + 1000)]);
    await tier.flush();
    await tier.cut(Infinity);
    expect((await tier.read('a', 0, Infinity)).map(({ time }) => time)).toEqual([
      1000,
      MINUTE,
      MINUTE + 1000,
    ]);
    await tier.close();
  });
});

test('what is too old goes, then the oldest of the finest until all fits', async () => {
  const directory = temporaryDirectory();
  const catalog = new Catalog();
  const tiers = await openTiers(directory, {
    catalog,
    logger: silentLogger,
    partBytes: 2 ** 20,
    now: () => 0,
  });
  const ref = catalog.acquire('a');
  for (let i = 0; i < 10; i++) tiers.raw.add(ref, [sample(i * 15 * MINUTE)]);
  await tiers.raw.cut(Infinity);
  const keep = { raw: 60 * MINUTE, minute: 1, hour: 1, day: 1, size: 2 ** 30 };
  await prune(tiers, 9 * 15 * MINUTE, keep);
  expect(await tiers.raw.read('a', 0, Infinity)).toHaveLength(5);
  const all = bytesOf(tiers);
  await prune(tiers, 9 * 15 * MINUTE, { ...keep, size: all - 1 });
  const left = await tiers.raw.read('a', 0, Infinity);
  expect(left.map(({ time }) => time / MINUTE)).toEqual([90, 105, 120, 135]);
  expect(bytesOf(tiers)).toBeLessThan(all);
  const onDisk = filesOf(path.join(directory, 'raw'), '.block');
  expect(onDisk.reduce((sum, file) => sum + statSync(file).size, 0)).toBe(bytesOf(tiers));
  for (const tier of [tiers.raw, tiers.minute, tiers.hour, tiers.day]) await tier.close();
});

describe('history', () => {
  test('is refused untouched where a newer version wrote it', async () => {
    const directory = temporaryDirectory();
    await (await Process.start(directory)).stop();
    writeFileSync(path.join(directory, 'version'), '2\n');
    await expect(Process.start(directory)).rejects.toMatchObject({ code: 'history_newer' });
    writeFileSync(path.join(directory, 'version'), '1\n');
    const block = path.join(directory, 'raw', '0000000001.block');
    const bytes = Buffer.alloc(100);
    bytes.write('KymoBlck', 'latin1');
    bytes.writeUInt16LE(9, 8);
    writeFileSync(block, bytes);
    await expect(Process.start(directory)).rejects.toMatchObject({ code: 'history_newer' });
    expect(readFileSync(block)).toEqual(bytes);
  });

  test('is refused to a second owner', async () => {
    const directory = temporaryDirectory();
    const first = await Process.start(directory);
    await expect(Process.start(directory)).rejects.toMatchObject({ code: 'directory_locked' });
    await first.stop();
    await (await Process.start(directory)).stop();
  });

  test('shows the minute, hour and day that are not over', async () => {
    const running = await Process.start(temporaryDirectory());
    for (let i = 0; i < 90; i++) running.tick(START + 1000 * i, { gauge: i, counter: 2 * i });
    for (const resolution of ['minute', 'hour', 'day'] as const) {
      const gauge = await running.history.buckets(GAUGE, resolution, 0, Infinity);
      expect(gauge.reduce((sum, { count }) => sum + count, 0)).toBe(90);
      expect(Math.max(...gauge.map(({ max }) => max))).toBe(89);
      const counter = await running.history.buckets(COUNTER, resolution, 0, Infinity);
      expect(counter.reduce((total, { sum }) => total + sum, 0)).toBe(178);
    }
    await running.stop();
  });

  test('corrects minutes, hours and days by samples that come late', async () => {
    const running = await Process.start(temporaryDirectory());
    const { head, history } = running;
    const late = head.timed('push');
    const push = (time: number, value: number): void => {
      const id = late.series('pushed', {});
      if (id === undefined) throw new Error('no series');
      expect(late.append(id, time, value)).toBe('ok');
    };
    const first = Math.floor(START / 3_600_000) * 3_600_000 + 58 * MINUTE;
    const run = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) {
        running.tick(first + 1000 * i, { gauge: i });
        if (i % 10 === 0) await running.settle();
      }
      await running.settle();
    };
    await run(0, 10);
    push(first + 1000, 1);
    await run(10, 270);
    // The minute and its hour are sealed; these belong into them.
    push(first + 2000, 10);
    push(first + 61_000, 100);
    await run(270, 400);
    const labels = head.labels(late.series('pushed', {}) ?? -1);
    const minutes = await history.buckets(labels, 'minute', 0, Infinity);
    expect(minutes.map(({ count, sum }) => [count, sum])).toEqual([
      [2, 11],
      [1, 100],
    ]);
    const hours = await history.buckets(labels, 'hour', 0, Infinity);
    expect(hours.map(({ count, sum, max }) => [count, sum, max])).toEqual([[3, 111, 100]]);
    const days = await history.buckets(labels, 'day', 0, Infinity);
    expect(days.map(({ sum }) => sum)).toEqual([111]);
    await running.stop();
  });

  test('fills the head after a restart, and its series go on there', async () => {
    const directory = temporaryDirectory();
    const first = await Process.start(directory);
    for (let i = 0; i < 130; i++) first.tick(START + 1000 * i, { gauge: i, counter: 10 * i });
    await first.stop();
    const second = await Process.start(directory);
    expect(await second.history.replayInto(second.head, START + 30_000)).toBe(200);
    for (let i = 150; i < 280; i++) second.tick(START + 1000 * i, { gauge: i, counter: 10 * i });
    await second.settle();
    const [id, ...others] = second.head.select([]);
    expect(others).toHaveLength(1);
    const buffer = new SampleBuffer();
    second.head.read(id, 0, Infinity, buffer);
    const stale = buffer.times.subarray(0, buffer.length).filter((_, i) => buffer.isStale(i));
    expect(buffer.length).toBe(100 + 1 + 130);
    expect([...stale]).toEqual([START + 129_001]);
    const increases = await second.history.buckets(COUNTER, 'day', 0, Infinity);
    expect(increases.map(({ sum }) => sum)).toEqual([2790]);
    const gauge = await second.history.buckets(GAUGE, 'minute', 0, Infinity);
    expect(gauge.reduce((sum, { count }) => sum + count, 0)).toBe(260);
    await second.stop();
  });

  test('has no answer, and no error, for a series or a range without data', async () => {
    const running = await Process.start(temporaryDirectory());
    expect(await running.history.buckets(GAUGE, 'hour', 0, Infinity)).toEqual([]);
    running.tick(START, { gauge: NaN });
    expect(await running.history.buckets(GAUGE, 'minute', 0, Infinity)).toEqual([]);
    await running.stop();
  });

  test('goes on where the clock is set forward or back by a day', async () => {
    const running = await Process.start(temporaryDirectory());
    const day = 24 * 60 * MINUTE;
    for (let i = 0; i < 120; i++) running.tick(START + 1000 * i, { gauge: 1 });
    for (let i = 120; i < 300; i++) running.tick(START + day + 1000 * i, { gauge: 1 });
    // The head takes no older samples; ticks go on nevertheless.
    for (let i = 0; i < 100; i++) running.history.tick(START + 1000 * i);
    running.tick(START + day + 300_000, { gauge: 1 });
    await running.settle();
    const days = await running.history.buckets(GAUGE, 'day', 0, Infinity);
    expect(days.map(({ count }) => count)).toEqual([120, 181]);
    await running.stop();
  });
});
