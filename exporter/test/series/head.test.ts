import { describe, expect, test } from 'vitest';
import { Head, type HeadOptions } from '../../src/series/head.js';
import { Matcher } from '../../src/series/matcher.js';
import { SampleBuffer } from '../../src/series/samples.js';
import type { SourceWriter } from '../../src/series/writer.js';
import { idsOf, samplesOf } from './read-back.js';

const START = 1_700_000_000_000;

function setUp(options: HeadOptions = {}) {
  const head = new Head(options);
  const writer = head.source('test', { exposed: true });
  const gauge = (name: string, labels: Record<string, string> = {}, by = writer) =>
    by.series(by.family({ name, type: 'gauge', help: '' }), labels);
  return { head, writer, gauge };
}

/** Commits a value of each series and ends the tick. */
function tick(
  { head, writer }: { head: Head; writer: SourceWriter },
  time: number,
  values: Map<number, number>,
): void {
  for (const [id, value] of values) writer.set(id, value);
  writer.commit(time);
  head.endTick(time);
}

describe('samples of a source', () => {
  test('come back with the times of their commits, over many chunks', () => {
    const { head, writer, gauge } = setUp();
    const ids = [gauge('a'), gauge('b')];
    for (let i = 0; i < 100; i++) {
      ids.forEach((id, k) => writer.set(id, 1000 * k + i));
      writer.commit(START + 1000 * i);
      head.endTick(START + 1000 * i);
    }
    ids.forEach((id, k) => {
      expect(samplesOf(head, id)).toEqual(
        Array.from({ length: 100 }, (_, i) => [START + 1000 * i, 1000 * k + i]),
      );
    });
    expect(samplesOf(head, ids[1], START + 30_000, START + 33_000)).toEqual([
      [START + 30_000, 1030],
      [START + 31_000, 1031],
      [START + 32_000, 1032],
      [START + 33_000, 1033],
    ]);
    expect(head.maxTime).toBe(START + 99_000);
    expect(head.stats().samples.get('test')).toBe(200);
  });

  test('are appended to what the buffer holds already', () => {
    const state = setUp();
    const id = state.gauge('a');
    tick(state, START, new Map([[id, 7]]));
    const buffer = new SampleBuffer(1);
    buffer.push(1, 2);
    state.head.read(id, 0, Infinity, buffer);
    expect([...buffer.values.subarray(0, 2)]).toEqual([2, 7]);
    expect(buffer.length).toBe(2);
  });

  test('are not seen before the commit, nor after a discard', () => {
    const { head, writer, gauge } = setUp();
    const id = gauge('a');
    writer.set(id, 1);
    expect(samplesOf(head, id)).toEqual([]);
    writer.discard();
    writer.commit(START);
    expect(samplesOf(head, id)).toEqual([]);
    writer.set(id, 1);
    writer.set(id, 2);
    writer.commit(START + 1000);
    expect(samplesOf(head, id)).toEqual([[START + 1000, 2]]);
  });

  test('end with a stale marker where a commit leaves them out, and go on when they come back', () => {
    const state = setUp();
    const [a, b] = [state.gauge('a'), state.gauge('b')];
    tick(
      state,
      START,
      new Map([
        [a, 1],
        [b, 2],
      ]),
    );
    tick(state, START + 1000, new Map([[a, 3]]));
    tick(state, START + 2000, new Map([[a, 4]]));
    tick(
      state,
      START + 3000,
      new Map([
        [a, 5],
        [b, 6],
      ]),
    );
    expect(samplesOf(state.head, b)).toEqual([
      [START, 2],
      [START + 1000, 'stale'],
      [START + 3000, 6],
    ]);
    expect(state.head.latestLive[b]).toBe(1);
  });

  test('are all stale at the time of a failure, once', () => {
    const state = setUp();
    const a = state.gauge('a');
    tick(state, START, new Map([[a, 1]]));
    state.writer.set(a, 2);
    state.writer.fail(START + 1000);
    state.writer.fail(START + 2000);
    expect(state.head.latestLive[a]).toBe(0);
    tick(state, START + 3000, new Map([[a, 3]]));
    expect(samplesOf(state.head, a)).toEqual([
      [START, 1],
      [START + 1000, 'stale'],
      [START + 3000, 3],
    ]);
  });

  test('keep infinities and every NaN, of which none turns into a stale marker', () => {
    const bits = new BigUint64Array(1);
    const floats = new Float64Array(bits.buffer);
    const state = setUp();
    const id = state.gauge('a');
    const patterns = [
      0x7ff0000000000002n,
      0xfff7fff7fff7fff7n,
      0xfff6000100000000n,
      0x7ff8000000000000n,
    ];
    patterns.forEach((pattern, i) => {
      bits[0] = pattern;
      tick(state, START + i, new Map([[id, floats[0]]]));
    });
    tick(state, START + 10, new Map([[id, Infinity]]));
    tick(state, START + 11, new Map([[id, -Infinity]]));
    tick(state, START + 12, new Map([[id, -0]]));
    expect(samplesOf(state.head, id).map(([, value]) => value)).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
      Infinity,
      -Infinity,
      -0,
    ]);
  });

  test('that are not later than the commit before are dropped and counted', () => {
    const state = setUp();
    const id = state.gauge('a');
    tick(state, START, new Map([[id, 1]]));
    tick(state, START, new Map([[id, 2]]));
    tick(state, START - 1, new Map([[id, 3]]));
    expect(samplesOf(state.head, id)).toEqual([[START, 1]]);
    expect(state.head.stats().dropped.get('out_of_order')).toBe(2);
  });

  test('leave with the retention, and the series with the last of them', () => {
    const state = setUp({ retention: 60_000, ttl: 30_000 });
    const [a, b] = [state.gauge('a'), state.gauge('b')];
    tick(
      state,
      START,
      new Map([
        [a, 1],
        [b, 1],
      ]),
    );
    for (let i = 1; i <= 200; i++) tick(state, START + 1000 * i, new Map([[a, i]]));
    const samples = samplesOf(state.head, a);
    expect(samples.at(-1)).toEqual([START + 200_000, 200]);
    // At most one chunk of 32 rows more than the retention.
    expect(samples.length).toBeGreaterThanOrEqual(61);
    expect(samples.length).toBeLessThanOrEqual(61 + 32);
    expect(idsOf(state.head, 'b')).toEqual([]);
    expect(state.writer.has(a)).toBe(true);
    expect(state.writer.has(b)).toBe(false);
    expect(() => state.head.labels(b)).toThrow(RangeError);
    expect(state.head.stats().series).toBe(1);
  });

  test('of a source that has ceased to commit leave too, while others go on', () => {
    const state = setUp({ retention: 60_000, ttl: 30_000 });
    const other = state.head.source('other', { exposed: true });
    const [a, b] = [state.gauge('a'), state.gauge('b', {}, other)];
    tick(state, START, new Map([[a, 1]]));
    for (let i = 0; i <= 61; i++) {
      other.set(b, i);
      other.commit(START + 1000 * i);
      state.head.endTick(START + 1000 * i);
      expect(idsOf(state.head, 'a')).toEqual(i <= 60 ? [a] : []);
    }
  });

  test('of a series that has vanished leave when the last of them is past the retention', () => {
    const state = setUp({ retention: 10_000, ttl: 10_000 });
    const [a, b] = [state.gauge('a'), state.gauge('b')];
    tick(
      state,
      START,
      new Map([
        [a, 1],
        [b, 1],
      ]),
    );
    for (let i = 1; i <= 12; i++) {
      tick(state, START + 1000 * i, new Map([[b, i]]));
      expect(idsOf(state.head, 'a')).toEqual(i <= 11 ? [a] : []);
    }
    tick(
      state,
      START + 13_000,
      new Map([
        [state.gauge('a'), 2],
        [b, 1],
      ]),
    );
    expect(samplesOf(state.head, idsOf(state.head, 'a')[0])).toEqual([[START + 13_000, 2]]);
  });
});

describe('series', () => {
  test('are found by their labels whatever the order', () => {
    const { head, writer, gauge } = setUp();
    const id = gauge('a', { x: '1', y: '2', empty: '' });
    expect(gauge('a', { y: '2', x: '1' })).toBe(id);
    expect(head.labels(id).toString()).toBe('a{x="1", y="2"}');
    expect(writer.has(id)).toBe(true);
    expect(writer.has(id + 1)).toBe(false);
  });

  test('are selected from their first sample on', () => {
    const state = setUp();
    const id = state.gauge('a');
    expect(state.head.select([])).toEqual([]);
    const version = state.head.indexVersion;
    tick(state, START, new Map([[id, 1]]));
    expect(state.head.select([new Matcher('__name__', '=', 'a')])).toEqual([id]);
    expect(state.head.indexVersion).not.toBe(version);
  });

  test('that were never written are forgotten after their time to live', () => {
    const state = setUp({ ttl: 10_000 });
    const early = state.gauge('early');
    state.head.endTick(START);
    const late = state.gauge('late');
    state.head.endTick(START + 9999);
    expect([state.writer.has(early), state.writer.has(late)]).toEqual([true, true]);
    state.head.endTick(START + 10_000);
    expect([state.writer.has(early), state.writer.has(late)]).toEqual([false, false]);
    expect(state.head.stats().series).toBe(0);
  });

  test('keep their id while they are asked for within their time to live', () => {
    const state = setUp({ ttl: 10_000, retention: 5000 });
    const id = state.gauge('a');
    tick(state, START, new Map([[id, 1]]));
    tick(state, START + 1000, new Map());
    state.head.endTick(START + 10_000);
    expect(idsOf(state.head, 'a')).toEqual([]);
    expect(state.gauge('a')).toBe(id);
    state.head.endTick(START + 19_000);
    expect(state.writer.has(id)).toBe(true);
    tick(state, START + 19_500, new Map([[id, 2]]));
    expect(samplesOf(state.head, id)).toEqual([[START + 19_500, 2]]);
    expect(idsOf(state.head, 'a')).toEqual([id]);
  });

  test('give their id to another series only after a quarantine, and never their samples', () => {
    const state = setUp({ ttl: 1000, retention: 1000 });
    const a = state.gauge('a');
    tick(state, START, new Map([[a, 1]]));
    tick(state, START + 1, new Map());
    state.head.endTick(START + 5000);
    expect(state.writer.has(a)).toBe(false);
    expect(state.writer.removals).toBe(1);
    const b = state.gauge('b');
    expect(b).not.toBe(a);
    tick(state, START + 700_000, new Map([[b, 2]]));
    const c = state.gauge('c');
    expect(c).toBe(a);
    tick(state, START + 701_000, new Map([[c, 3]]));
    expect(samplesOf(state.head, c)).toEqual([[START + 701_000, 3]]);
    expect(state.head.labels(c).metricName).toBe('c');
  });

  test('that are gone take no values, and what is set on them is counted', () => {
    const state = setUp({ ttl: 1000, retention: 1000 });
    const a = state.gauge('a');
    tick(state, START, new Map([[a, 1]]));
    tick(state, START + 1, new Map());
    state.head.endTick(START + 5000);
    tick(
      state,
      START + 6000,
      new Map([
        [a, 1],
        [-1, 1],
        [1e9, 1],
      ]),
    );
    expect(state.head.stats().dropped.get('unknown_series')).toBe(3);
    expect(state.head.select([])).toEqual([]);
  });

  test('that another source writes are refused with the names of both; later they may be taken over', () => {
    const state = setUp();
    const other = state.head.source('other', { exposed: true });
    const id = state.gauge('a');
    state.writer.set(id, 1);
    expect(() => state.gauge('a', {}, other)).toThrow(/source other has a.*source test/);
    tick(state, START, new Map([[id, 1]]));
    expect(() => state.gauge('a', {}, other)).toThrow(
      expect.objectContaining({ code: 'duplicate_series' }) as Error,
    );
    tick(state, START + 1000, new Map());
    expect(state.gauge('a', {}, other)).toBe(id);
    expect(state.writer.has(id)).toBe(false);
    other.set(id, 2);
    other.commit(START + 2000);
    expect(samplesOf(state.head, id)).toEqual([
      [START, 1],
      [START + 1000, 'stale'],
      [START + 2000, 2],
    ]);
  });

  test('of exposed sources carry the own labels for readers only', () => {
    const state = setUp({ ownLabels: { instance: 'here', job: 'kymo' } });
    const id = state.gauge('a', { job: 'mine', x: '1' });
    tick(state, START, new Map([[id, 1]]));
    expect(state.head.labels(id).toObject()).toEqual({
      __name__: 'a',
      exported_job: 'mine',
      instance: 'here',
      job: 'kymo',
      x: '1',
    });
    expect(state.head.exposedFamilies()[0].series[0].labels.toObject()).toEqual({
      __name__: 'a',
      job: 'mine',
      x: '1',
    });
    expect(state.gauge('a', { x: '1', job: 'mine' })).toBe(id);
  });

  test('refuse names that are none', () => {
    const { gauge } = setUp();
    const badName = expect.objectContaining({ code: 'bad_name' }) as Error;
    expect(() => gauge('1a')).toThrow(badName);
    expect(() => gauge('a b')).toThrow(badName);
    expect(() => gauge('a', { 'x-y': '1' })).toThrow(badName);
    expect(() => gauge('a', { __name__: 'b' })).toThrow(badName);
  });
});

describe('families', () => {
  test('of one name have one type: the message names both sources', () => {
    const { head, writer, gauge } = setUp();
    const id = gauge('a');
    writer.set(id, 1);
    writer.commit(START);
    const other = head.source('other', { exposed: true });
    const declare = () => other.family({ name: 'a', type: 'counter', help: '' });
    expect(declare).toThrow(/source other declares the metric a as counter.*gauge of source test/);
    expect(declare).toThrow(expect.objectContaining({ code: 'metric_conflict' }) as Error);
    writer.commit(START + 1000);
    const counter = declare();
    const taken = other.series(counter, {});
    other.set(taken, 5);
    other.commit(START + 2000);
    expect(head.metadata(taken)?.type).toBe('counter');
    expect(head.exposedFamilies().map(({ metadata }) => metadata.type)).toEqual(['counter']);
    // The old handle is of a type that the family no longer has.
    expect(() => gauge('a', { x: '1' })).toThrow(/gauge.*counter of source other/);
  });

  test('take over another help text', () => {
    const { head, writer, gauge } = setUp();
    const id = gauge('a');
    writer.set(id, 1);
    writer.commit(START);
    const version = head.exposedVersion;
    writer.family({ name: 'a', type: 'gauge', help: 'New.', unit: 'seconds' });
    expect(head.metadata(id)).toEqual({ name: 'a', type: 'gauge', help: 'New.', unit: 'seconds' });
    expect(head.exposedVersion).not.toBe(version);
    expect(head.exposedFamilies()[0].metadata.help).toBe('New.');
  });

  test('are listed by name with their series, the same list while nothing changes', () => {
    const { head, writer, gauge } = setUp();
    const hidden = head.source('hidden', { exposed: false });
    for (const id of [gauge('b'), gauge('a', { x: '1' }), gauge('a', { x: '2' })])
      writer.set(id, 1);
    const unseen = hidden.series(hidden.family({ name: 'c', type: 'gauge', help: '' }), {});
    hidden.set(unseen, 1);
    expect(head.exposedFamilies()).toEqual([]);
    writer.commit(START);
    hidden.commit(START);
    const families = head.exposedFamilies();
    expect(families.map(({ metadata, series }) => [metadata.name, series.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(head.exposedFamilies()).toBe(families);
    writer.set(gauge('a', { x: '3' }), 1);
    writer.commit(START + 1000);
    const [a, b] = head.exposedFamilies();
    expect(a.version).not.toBe(families[0].version);
    expect(b).toBe(families[1]);
  });

  test('whose series are all gone are no longer listed', () => {
    const state = setUp({ retention: 1000, ttl: 1000 });
    tick(state, START, new Map([[state.gauge('a'), 1]]));
    expect(state.head.exposedFamilies()).toHaveLength(1);
    tick(state, START + 1000, new Map());
    state.head.endTick(START + 10_000);
    expect(state.head.exposedFamilies()).toEqual([]);
    expect([...state.head.allMetadata()]).toEqual([]);
  });

  test('show exemplars and creation times with the commit, and forget them with the series', () => {
    const state = setUp({ retention: 1000, ttl: 1000 });
    const { head, writer } = state;
    const family = writer.family({ name: 'a_total', type: 'counter', help: '' });
    const id = writer.series(family, {});
    const exemplar = { labels: { trace_id: 'x' }, value: 1 };
    writer.setExemplar(id, exemplar);
    writer.setCreated(id, START);
    expect([head.exemplar(id), head.created(id)]).toEqual([undefined, undefined]);
    tick(state, START, new Map([[id, 1]]));
    expect([head.exemplar(id), head.created(id)]).toEqual([exemplar, START]);
    tick(state, START + 1000, new Map());
    head.endTick(START + 10_000);
    expect([head.exemplar(id), head.created(id)]).toEqual([undefined, undefined]);
  });
});

describe('the latest values', () => {
  test('are those of the last commit of each source', () => {
    const state = setUp();
    const [a, b] = [state.gauge('a'), state.gauge('b')];
    tick(
      state,
      START,
      new Map([
        [a, 1],
        [b, 2],
      ]),
    );
    state.writer.set(a, 5);
    expect([state.head.latestValues[a], state.head.latestValues[b]]).toEqual([1, 2]);
    tick(state, START + 1000, new Map([[a, 5]]));
    expect([state.head.latestLive[a], state.head.latestLive[b]]).toEqual([1, 0]);
    expect(state.head.latestValues[a]).toBe(5);
  });
});

test('label names and values are listed for all series and for those that match', () => {
  const state = setUp();
  const values = new Map([
    [state.gauge('a', { x: '2', y: '1' }), 1],
    [state.gauge('b', { x: '10' }), 1],
  ]);
  tick(state, START, values);
  const { head } = state;
  expect(head.labelNames()).toEqual(['__name__', 'x', 'y']);
  expect(head.labelValues('x')).toEqual(['10', '2']);
  expect(head.labelValues('z')).toEqual([]);
  const onlyB = [new Matcher('__name__', '=', 'b')];
  expect(head.labelNames(onlyB)).toEqual(['__name__', 'x']);
  expect(head.labelValues('x', onlyB)).toEqual(['10']);
  expect(head.labelValues('y', onlyB)).toEqual([]);
});

test('a head without series answers nothing', () => {
  const head = new Head({});
  expect(head.select([])).toEqual([]);
  expect(head.maxTime).toBe(0);
  expect(head.exposedFamilies()).toEqual([]);
  expect(() => head.labels(0)).toThrow(RangeError);
  expect(() => head.labels(1)).toThrow(RangeError);
  expect(head.timed('x').series('a', {})).toBe(1);
});
