import { describe, expect, test } from 'vitest';
import { Head, type HeadOptions } from '../../src/series/head.js';
import { Matcher } from '../../src/series/matcher.js';
import { HeadReplica } from '../../src/series/replica.js';
import { ExponentialRecorder } from '../../src/series/exponential-recorder.js';
import { SampleBuffer } from '../../src/series/samples.js';
import { idsOf, samplesOf } from './read-back.js';

const START = 1_700_000_000_000;

/** A head and a replica of it on the same thread, whose changes are copied as messages are. */
function setUp(options: HeadOptions = {}) {
  const head = new Head(options);
  let replica: HeadReplica | undefined;
  const follow = (): HeadReplica => {
    const made: Parameters<HeadReplica['apply']>[0][number][] = [];
    const memory = head.follow((change) => {
      if (replica === undefined) made.push(change);
      else replica.apply(structuredClone([change]));
    });
    replica = new HeadReplica(memory);
    replica.apply(structuredClone(made));
    return replica;
  };
  const writer = head.source('test', { exposed: true });
  const gauge = (name: string, labels: Record<string, string> = {}) =>
    writer.series(writer.family({ name, type: 'gauge', help: `About ${name}.` }), labels);
  const tick = (time: number, ...values: [id: number, value: number][]): void => {
    for (const [id, value] of values) writer.set(id, value);
    writer.commit(time);
    head.endTick(time);
  };
  return { head, writer, gauge, tick, follow };
}

describe('a replica', () => {
  test('answers as the head does, for what was there before and for what comes', () => {
    const { head, gauge, tick, follow } = setUp({ ownLabels: { job: 'kymo' } });
    const a = gauge('a', { x: '1' });
    tick(START, [a, 1]);
    const replica = follow();
    const b = gauge('b', { x: '2' });
    tick(START + 1000, [a, 2], [b, 3]);
    for (const id of [a, b]) {
      expect(samplesOf(replica, id)).toEqual(samplesOf(head, id));
      expect(replica.labels(id).key).toBe(head.labels(id).key);
      expect(replica.metadata(id)).toEqual(head.metadata(id));
    }
    expect(samplesOf(replica, a)).toHaveLength(2);
    expect(replica.maxTime).toBe(START + 1000);
    expect(replica.select([new Matcher('x', '!=', '1')])).toEqual([b]);
    expect(replica.labelNames()).toEqual(['__name__', 'job', 'x']);
    expect(replica.labelValues('x')).toEqual(['1', '2']);
    expect(() => replica.labels(99)).toThrow(RangeError);
  });

  test('sees a tick only when it has ended', () => {
    const { head, writer, gauge, tick, follow } = setUp();
    const replica = follow();
    const id = gauge('a');
    tick(START, [id, 1]);
    writer.set(id, 2);
    writer.commit(START + 1000);
    expect(samplesOf(replica, id)).toEqual([[START, 1]]);
    expect(samplesOf(head, id)).toHaveLength(2);
    head.endTick(START + 1000);
    expect(samplesOf(replica, id)).toHaveLength(2);
  });

  test('sees samples with times of their own at once', () => {
    const { head, follow } = setUp();
    const replica = follow();
    const timed = head.timed('push');
    const id = timed.series('a', {}) ?? -1;
    timed.append(id, START, 1);
    expect(samplesOf(replica, id)).toEqual([[START, 1]]);
    expect(replica.maxTime).toBe(START);
    head.setMetadata({ name: 'a', type: 'counter', help: '' });
    expect(replica.metadata(id)?.type).toBe('counter');
  });

  test('follows changes of metadata, and forgets series that are gone', () => {
    const { writer, gauge, tick, follow } = setUp({ retention: 1000, ttl: 1000 });
    const replica = follow();
    const [a, b] = [gauge('a', { x: '1' }), gauge('b')];
    tick(START, [a, 1], [b, 1]);
    writer.family({ name: 'a', type: 'gauge', help: 'Other.' });
    expect(replica.metadata(a)?.help).toBe('Other.');
    const version = replica.indexVersion;
    for (let i = 1; i < 4; i++) tick(START + 1000 * i, [b, i]);
    expect(idsOf(replica, 'a')).toEqual([]);
    expect(replica.labelNames()).toEqual(['__name__']);
    expect(replica.indexVersion).not.toBe(version);
  });

  test('never shows the samples of another series under an id that it still has', () => {
    const { head, gauge, tick } = setUp({ retention: 1000, ttl: 1000 });
    const a = gauge('a');
    tick(START, [a, 1]);
    // One that is told nothing more.
    const changes: Parameters<HeadReplica['apply']>[0][number][] = [];
    const behind = new HeadReplica(head.follow((change) => changes.push(change)));
    behind.apply(changes);
    tick(START + 1000);
    tick(START + 10_000);
    tick(START + 800_000);
    const c = gauge('c');
    expect(c).toBe(a);
    tick(START + 801_000, [c, 3]);
    expect(samplesOf(head, c)).toEqual([[START + 801_000, 3]]);
    expect(idsOf(behind, 'a')).toEqual([a]);
    expect(samplesOf(behind, a)).toEqual([]);
  });

  test('reads histograms, and memory that was added after it was made', () => {
    const { head, writer, follow } = setUp({ memory: 2 ** 20 });
    const replica = follow();
    const family = writer.family({ name: 'h', type: 'histogram', help: '' });
    const ids = Array.from({ length: 20 }, (_, i) => writer.series(family, { i: String(i) }));
    const recorder = new ExponentialRecorder();
    for (let row = 0; row < 100; row++) {
      recorder.observe(row);
      for (const id of ids) writer.setHistogram(id, recorder.toHistogram());
      writer.commit(START + row);
      head.endTick(START + row);
    }
    const buffer = new SampleBuffer();
    replica.read(ids[7], 0, Infinity, buffer);
    expect(buffer.histograms?.map((histogram) => histogram?.count)).toEqual(
      Array.from({ length: 100 }, (_, row) => row + 1),
    );
  });

  test('is told nothing more once it is not followed', () => {
    const { head, gauge, tick, follow } = setUp();
    const replica = follow();
    head.unfollow();
    tick(START, [gauge('a'), 1]);
    expect(replica.select([])).toEqual([]);
  });
});
