import { describe, expect, test } from 'vitest';
import { ExponentialRecorder } from '../../src/series/exponential-recorder.js';
import { Head } from '../../src/series/head.js';
import { SampleBuffer } from '../../src/series/samples.js';
import { samplesOf } from './read-back.js';

const START = 1_700_000_000_000;
const SERIES = 100;

describe('when the memory is used up', () => {
  test('the oldest samples go first, for all series alike, and are counted', () => {
    const head = new Head({ memory: 256 * 1024 });
    const writer = head.source('test', { exposed: true });
    const family = writer.family({ name: 'a', type: 'gauge', help: '' });
    const ids = Array.from({ length: SERIES }, (_, i) => writer.series(family, { i: String(i) }));
    const rows = 500;
    for (let i = 0; i < rows; i++) {
      for (const id of ids) writer.set(id, 1000 * id + i);
      writer.commit(START + 1000 * i);
      head.endTick(START + 1000 * i);
      const { used, budget } = head.stats().memory;
      expect(used).toBeLessThanOrEqual(budget);
      expect(budget).toBeLessThanOrEqual(256 * 1024);
    }
    let kept = 0;
    for (const id of ids) {
      const samples = samplesOf(head, id);
      kept += samples.length;
      const first = rows - samples.length;
      expect(samples).toEqual(
        samples.map((_, k) => [START + 1000 * (first + k), 1000 * id + first + k]),
      );
      // 284 bytes a chunk of 32 rows: each series has room for nine chunks, some of them partly used.
      expect(samples.length).toBeGreaterThan(200);
    }
    const { dropped, samples } = head.stats();
    expect(dropped.get('evicted')).toBe(rows * SERIES - kept);
    expect(samples.get('test')).toBe(rows * SERIES);
    expect(dropped.get('memory')).toBeUndefined();
  });

  test('and nothing may go, new samples are refused and counted, and the latest values stay right', () => {
    const head = new Head({ memory: 64 * 1024 });
    const writer = head.source('test', { exposed: true });
    const family = writer.family({ name: 'a', type: 'gauge', help: '' });
    const ids = Array.from({ length: 400 }, (_, i) => writer.series(family, { i: String(i) }));
    for (let row = 0; row < 70; row++) {
      for (const id of ids) writer.set(id, row);
      writer.commit(START + 1000 * row);
      head.endTick(START + 1000 * row);
    }
    const { dropped, samples, memory } = head.stats();
    expect(memory.used).toBeLessThanOrEqual(64 * 1024);
    expect(dropped.get('memory')).toBeGreaterThan(0);
    const refused = dropped.get('memory') ?? 0;
    expect((samples.get('test') ?? 0) + refused).toBe(70 * 400);
    expect(head.exposedFamilies()[0].series).toHaveLength(400);
    for (const id of ids) {
      expect(head.latestValues[id]).toBe(69);
      expect(head.latestLive[id]).toBe(1);
    }
  });

  test('histograms go with the rest, and those that stay can be read', () => {
    const head = new Head({ memory: 128 * 1024 });
    const writer = head.source('test', { exposed: true });
    const family = writer.family({ name: 'h', type: 'histogram', help: '' });
    const ids = Array.from({ length: 10 }, (_, i) => writer.series(family, { i: String(i) }));
    const recorders = ids.map(() => new ExponentialRecorder());
    const rows = 300;
    for (let row = 0; row < rows; row++) {
      ids.forEach((id, k) => {
        for (let n = 0; n < 10; n++) recorders[k].observe((k + 1) * 1.1 ** ((row * 7 + n) % 60));
        writer.setHistogram(id, recorders[k].toHistogram());
      });
      writer.commit(START + 1000 * row);
      head.endTick(START + 1000 * row);
    }
    expect(head.stats().memory.used).toBeLessThanOrEqual(128 * 1024);
    const buffer = new SampleBuffer();
    for (const id of ids) {
      buffer.clear();
      head.read(id, 0, Infinity, buffer);
      expect(buffer.length).toBeGreaterThan(10);
      expect(buffer.length).toBeLessThan(rows);
      for (let i = 0; i < buffer.length; i++) {
        const row = (buffer.times[i] - START) / 1000;
        expect(buffer.histograms?.[i]?.count).toBe(10 * (row + 1));
      }
      expect(buffer.times[buffer.length - 1]).toBe(START + 1000 * (rows - 1));
    }
  });

  test('series with times of their own share it with the others', () => {
    const head = new Head({ memory: 128 * 1024 });
    const timed = head.timed('push');
    const ids = Array.from({ length: 50 }, (_, i) => timed.series('a', { i: String(i) }) ?? -1);
    for (let row = 0; row < 1000; row++) {
      for (const id of ids) expect(timed.append(id, START + 1000 * row + id, row)).toBe('ok');
    }
    expect(head.stats().memory.used).toBeLessThanOrEqual(128 * 1024);
    for (const id of ids) {
      const samples = samplesOf(head, id);
      const first = 1000 - samples.length;
      expect(samples).toEqual(samples.map((_, k) => [START + 1000 * (first + k) + id, first + k]));
      expect(samples.length).toBeGreaterThan(100);
    }
  });
});

test('memory is used again once samples have left the retention', () => {
  const head = new Head({ memory: 2 ** 20, retention: 60_000 });
  const writer = head.source('test', { exposed: true });
  const id = writer.series(writer.family({ name: 'a', type: 'gauge', help: '' }), {});
  let most = 0;
  for (let i = 0; i < 1000; i++) {
    writer.set(id, i);
    writer.commit(START + 1000 * i);
    head.endTick(START + 1000 * i);
    most = Math.max(most, head.stats().memory.used);
  }
  // 61 rows lie in at most three chunks, for values and for times.
  expect(most).toBeLessThanOrEqual(2 * 4 * 284);
  expect(head.stats().dropped.size).toBe(0);
});
