import * as successor from '@prometheus-io/client';
import * as promClient from 'prom-client';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.js';
import {
  type MetricFailure,
  registrySource,
} from '../../../src/sources/registry/registry-source.js';
import { RecordingWriter, tick } from './recording-writer.js';

function openMetricsRegistry(client: typeof promClient) {
  const registry = new client.Registry<promClient.OpenMetricsContentType>();
  registry.setContentType('application/openmetrics-text; version=1.0.0; charset=utf-8');
  return registry;
}

/** Both libraries have the same interface; the successor's types differ only by name. */
const libraries = [
  ['prom-client', promClient],
  ['@prometheus-io/client', successor as unknown as typeof promClient],
] as const;

describe.each(libraries)('registrySource with %s', (_name, client) => {
  function setUp() {
    const registry = new client.Registry();
    const changes: MetricFailure[] = [];
    const clock = new ManualClock();
    const source = registrySource({
      name: 'app',
      registry,
      clock,
      onChange: (failure) => changes.push(failure),
    });
    const writer = new RecordingWriter();
    return { registry, source, writer, changes, clock, registers: [registry] };
  }

  test('samples counters and gauges with their labels, types and help', async () => {
    const { source, writer, registers } = setUp();
    const labelNames = ['cache', 'shard'];
    const hits = new client.Counter({ name: 'hits_total', help: 'Hits.', labelNames, registers });
    const depth = new client.Gauge({ name: 'depth', help: 'Queue depth.', registers });
    hits.inc({ cache: 'users', shard: 3 }, 5);
    hits.inc({ cache: 'sessions' });
    depth.set(-2.5);
    expect(await tick(source, writer)).toEqual(
      new Map([
        ['hits_total{cache="users", shard="3"}', 5],
        ['hits_total{cache="sessions"}', 1],
        ['depth', -2.5],
      ]),
    );
    expect(writer.families.get('hits_total')).toMatchObject({ type: 'counter', help: 'Hits.' });
    expect(writer.families.get('depth')).toMatchObject({ type: 'gauge', help: 'Queue depth.' });

    hits.inc({ cache: 'users', shard: 3 }, 2);
    depth.set(7);
    const samples = await tick(source, writer);
    expect(samples.get('hits_total{cache="users", shard="3"}')).toBe(7);
    expect(samples.get('depth')).toBe(7);
  });

  describe('with more series than fit into one turn of the event loop', () => {
    const MANY = 25_000;
    const setMany = () => {
      const { source, writer, registers } = setUp();
      const gauge = new client.Gauge({ name: 'g', help: 'G.', labelNames: ['id'], registers });
      for (let id = 0; id < MANY; id++) gauge.set({ id }, id);
      return { source, writer, gauge };
    };

    test('samples each, also while some come and go in between', async () => {
      const { source, writer, gauge } = setMany();
      const pending = tick(source, writer);
      // The first turn is over; these are not reached yet, those have been.
      gauge.remove({ id: MANY - 1 });
      gauge.remove({ id: 3 });
      gauge.set({ id: 'new' }, 1);
      gauge.set({ id: 20_000 }, -1);
      const samples = await pending;
      expect(samples.get('g{id="0"}')).toBe(0);
      expect(samples.get('g{id="24998"}')).toBe(24_998);
      const next = await tick(source, writer);
      expect(next.size).toBe(MANY - 1);
      expect([next.get('g{id="new"}'), next.get('g{id="20000"}')]).toEqual([1, -1]);
      expect([next.has('g{id="3"}'), next.has(`g{id="${MANY - 1}"}`)]).toEqual([false, false]);
    });

    test('goes on after all are reset in between', async () => {
      const { source, writer, gauge } = setMany();
      await tick(source, writer);
      const pending = tick(source, writer);
      gauge.reset();
      gauge.set({ id: 'only' }, 1);
      await pending;
      expect(await tick(source, writer)).toEqual(new Map([['g{id="only"}', 1]]));
    });
  });

  test('makes the buckets of a histogram cumulative, with sum and count', async () => {
    const { source, writer, registers } = setUp();
    const latency = new client.Histogram({
      name: 'latency_seconds',
      help: 'Latency.',
      labelNames: ['op'],
      buckets: [0.1, 1, 2.5],
      registers,
    });
    for (const value of [0.05, 0.1, 0.5, 2, 99]) latency.observe({ op: 'read' }, value);
    expect(await tick(source, writer)).toEqual(
      new Map([
        ['latency_seconds_bucket{le="0.1", op="read"}', 2],
        ['latency_seconds_bucket{le="1", op="read"}', 3],
        ['latency_seconds_bucket{le="2.5", op="read"}', 4],
        ['latency_seconds_bucket{le="+Inf", op="read"}', 5],
        ['latency_seconds_sum{op="read"}', 101.65],
        ['latency_seconds_count{op="read"}', 5],
      ]),
    );
    expect(writer.families.get('latency_seconds')?.type).toBe('histogram');
  });

  test('samples a summary with its quantiles', async () => {
    const { source, writer, registers } = setUp();
    const size = new client.Summary({
      name: 'size_bytes',
      help: 'Size.',
      labelNames: ['kind'],
      percentiles: [0.5],
      registers,
    });
    for (const value of [1, 2, 3]) size.observe({ kind: 'a' }, value);
    const samples = await tick(source, writer);
    expect(samples.get('size_bytes_sum{kind="a"}')).toBe(6);
    expect(samples.get('size_bytes_count{kind="a"}')).toBe(3);
    expect([...samples.keys()].some((key) => key.includes('quantile="0.5"'))).toBe(true);
    expect(writer.families.get('size_bytes')?.type).toBe('summary');
    const { lookUps } = writer;
    await tick(source, writer);
    expect(writer.lookUps).toBe(lookUps);
  });

  test('adds the default labels of the registry under the own ones', async () => {
    const { registry, source, writer, registers } = setUp();
    new client.Gauge({ name: 'up', help: 'Up.', labelNames: ['zone'], registers }).set(
      { zone: 'a' },
      1,
    );
    new client.Gauge({ name: 'down', help: 'Down.', registers }).set(0);
    registry.setDefaultLabels({ service: 'shop', zone: 'default' });
    expect([...(await tick(source, writer)).keys()]).toEqual([
      'up{service="shop", zone="a"}',
      'down{service="shop", zone="default"}',
    ]);
    registry.setDefaultLabels({ service: 'store' });
    expect([...(await tick(source, writer)).keys()]).toEqual([
      'up{service="store", zone="a"}',
      'down{service="store"}',
    ]);
    expect(writer.stale).toHaveLength(2);
  });

  test('passes NaN and the infinities on', async () => {
    const { source, writer, registers } = setUp();
    const gauge = new client.Gauge({ name: 'odd', help: 'Odd.', labelNames: ['is'], registers });
    gauge.set({ is: 'nan' }, NaN);
    gauge.set({ is: 'up' }, Infinity);
    gauge.set({ is: 'down' }, -Infinity);
    expect([...(await tick(source, writer)).values()]).toEqual([NaN, Infinity, -Infinity]);
  });

  test('keeps label values with quotes, backslashes, newlines and separators apart', async () => {
    const { source, writer, registers } = setUp();
    const gauge = new client.Gauge({ name: 'path', help: 'P.', labelNames: ['p', 'q'], registers });
    const values = ['a"b', 'a\\b', 'a\nb', 'ä\u{1f600}', '__proto__', 'constructor', ''];
    values.forEach((p, index) => gauge.set({ p, q: 'x' }, index));
    expect([...(await tick(source, writer)).values()]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(writer.samples.get('path{p="a\\nb", q="x"}')).toBe(2);
  });

  test('looks no series up again while none comes or goes', async () => {
    const { source, writer, registers } = setUp();
    const gauge = new client.Gauge({ name: 'g', help: 'G.', labelNames: ['i'], registers });
    const counter = new client.Counter({
      name: 'c_total',
      help: 'C.',
      labelNames: ['i'],
      registers,
    });
    const histogram = new client.Histogram({ name: 'h', help: 'H.', labelNames: ['i'], registers });
    for (let i = 0; i < 50; i++) {
      gauge.set({ i }, i);
      counter.inc({ i }, i);
      histogram.observe({ i }, i);
    }
    await tick(source, writer);
    const { lookUps } = writer;
    for (let i = 0; i < 50; i++) {
      gauge.set({ i }, -i);
      counter.inc({ i });
      histogram.observe({ i }, 0);
    }
    const samples = await tick(source, writer);
    expect(writer.lookUps).toBe(lookUps);
    expect(samples.get('g{i="49"}')).toBe(-49);
    expect(samples.get('c_total{i="49"}')).toBe(50);
    expect(samples.get('h_count{i="49"}')).toBe(2);
  });

  // 1,500 entries are read by their known keys; fewer by listing them.
  test.each([3, 1500])('follows entries that come and go among %i', async (count) => {
    const { source, writer, registers } = setUp();
    const gauge = new client.Gauge({ name: 'g', help: 'G.', labelNames: ['i'], registers });
    const expected = (...indices: number[]): Map<string, number> =>
      new Map(indices.map((i) => [`g{i="${i}"}`, i]));
    const indices = Array.from({ length: count }, (_, i) => i);
    for (const i of indices) gauge.set({ i }, i);
    expect(await tick(source, writer)).toEqual(expected(...indices));

    gauge.set({ i: count }, count);
    expect(await tick(source, writer)).toEqual(expected(...indices, count));

    gauge.remove({ i: 1 });
    gauge.remove({ i: count });
    const rest = indices.filter((i) => i !== 1);
    expect(await tick(source, writer)).toEqual(expected(...rest));
    expect(writer.stale).toEqual(['g{i="1"}', `g{i="${count}"}`]);

    gauge.remove({ i: 0 });
    gauge.set({ i: 1 }, 1);
    gauge.set({ i: 9999 }, 9999);
    expect(await tick(source, writer)).toEqual(expected(...rest.filter((i) => i !== 0), 1, 9999));

    gauge.reset();
    expect((await tick(source, writer)).size).toBe(0);
    gauge.set({ i: 5 }, 5);
    expect(await tick(source, writer)).toEqual(expected(5));
  });

  test('follows metrics that are removed and registered', async () => {
    const { registry, source, writer, registers } = setUp();
    new client.Gauge({ name: 'first', help: 'F.', registers }).set(1);
    await tick(source, writer);
    registry.removeSingleMetric('first');
    new client.Gauge({ name: 'second', help: 'S.', registers }).set(2);
    expect(await tick(source, writer)).toEqual(new Map([['second', 2]]));
    expect(writer.stale).toEqual(['first']);
  });

  test('follows a metric whose labels change', async () => {
    const { registry, source, writer, registers } = setUp();
    new client.Gauge({ name: 'g', help: 'G.', labelNames: ['a'], registers }).set({ a: 'x' }, 1);
    await tick(source, writer);
    registry.removeSingleMetric('g');
    new client.Gauge({ name: 'g', help: 'G.', labelNames: ['b'], registers }).set({ b: 'y' }, 2);
    expect(await tick(source, writer)).toEqual(new Map([['g{b="y"}', 2]]));
    expect(writer.stale).toEqual(['g{a="x"}']);
  });

  test('leaves a metric whose type changes out until its old series are gone', async () => {
    const { registry, source, writer, registers, changes } = setUp();
    new client.Gauge({ name: 'g', help: 'G.', registers }).set(1);
    new client.Gauge({ name: 'other', help: 'O.', registers }).set(1);
    await tick(source, writer);
    registry.removeSingleMetric('g');
    new client.Counter({ name: 'g', help: 'G.', registers }).inc(2);
    expect([...(await tick(source, writer)).keys()]).toEqual(['other']);
    expect(changes).toMatchObject([{ metric: 'g', message: 'g is already a gauge' }]);
    expect((await tick(source, writer)).get('g')).toBe(2);
    expect(changes.at(-1)).toMatchObject({ metric: 'g', failures: 0 });
  });

  test('reads values that a collect function sets, also for other metrics', async () => {
    const { source, writer, registers } = setUp();
    const follower = new client.Gauge({ name: 'a_follower', help: 'F.', registers });
    let calls = 0;
    new client.Gauge({
      name: 'b_leader',
      help: 'L.',
      registers,
      async collect() {
        await Promise.resolve();
        calls++;
        this.set(calls);
        follower.set(calls * 10);
      },
    });
    expect(await tick(source, writer)).toEqual(
      new Map([
        ['a_follower', 10],
        ['b_leader', 1],
      ]),
    );
    expect((await tick(source, writer)).get('a_follower')).toBe(20);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no database');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no database'))],
  ])('leaves out a metric whose collect %s and samples the others', async (_how, misbehave) => {
    const { source, writer, registers, changes } = setUp();
    let broken = false;
    new client.Gauge({
      name: 'fragile',
      help: 'F.',
      registers,
      collect() {
        if (broken) return misbehave();
        return this.set(1);
      },
    });
    new client.Gauge({ name: 'sound', help: 'S.', registers }).set(2);
    expect((await tick(source, writer)).size).toBe(2);

    broken = true;
    expect([...(await tick(source, writer)).keys()]).toEqual(['sound']);
    expect(writer.stale).toEqual(['fragile']);
    await tick(source, writer);
    expect(changes).toEqual([{ metric: 'fragile', message: 'no database', failures: 1 }]);
    expect(source.failing).toEqual([{ metric: 'fragile', message: 'no database', failures: 2 }]);
    expect(source.failures).toBe(2);

    broken = false;
    expect((await tick(source, writer)).get('fragile')).toBe(1);
    expect(source.failing).toEqual([]);
    expect(changes.at(-1)).toEqual({ metric: 'fragile', message: 'no database', failures: 0 });
  });

  test('waits no longer for a hanging collect than its deadline', async () => {
    const { source, writer, registers, changes, clock } = setUp();
    let release: (() => void) | undefined;
    let calls = 0;
    new client.Gauge({
      name: 'slow',
      help: 'S.',
      registers,
      collect() {
        calls++;
        if (calls > 1) return this.set(calls);
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      },
    });
    new client.Gauge({ name: 'sound', help: 'S.', registers }).set(2);
    const first = tick(source, writer);
    clock.advance(250);
    expect([...(await first).keys()]).toEqual(['sound']);
    expect(changes[0].message).toContain('deadline of 250 ms');
    expect([...(await tick(source, writer)).keys()]).toEqual(['sound']);
    expect(calls).toBe(1);
    expect(changes[1].message).toContain('still busy');
    release?.();
    await new Promise(setImmediate);
    expect((await tick(source, writer)).get('slow')).toBe(2);
  });

  test('fails as a whole where the registry itself throws', () => {
    const source = registrySource({
      name: 'app',
      registry: {
        getMetricsAsArray: () => {
          throw new Error('registry is closed');
        },
      },
    });
    const context = { time: 0, writer: new RecordingWriter(), signal: AbortSignal.abort() };
    expect(() => source.collect(context)).toThrow('registry is closed');
  });

  test('hands exemplars on, each once', async () => {
    const registry = openMetricsRegistry(client);
    const source = registrySource({ name: 'app', registry });
    const writer = new RecordingWriter();
    const registers = [registry];
    const counter = new client.Counter<'a' | 'trace_id'>({
      name: 'c_total',
      help: 'C.',
      labelNames: ['a'],
      registers,
      enableExemplars: true,
    });
    const histogram = new client.Histogram<'a' | 'trace_id'>({
      name: 'h',
      help: 'H.',
      labelNames: ['a'],
      buckets: [1],
      registers,
      enableExemplars: true,
    });
    counter.inc({ labels: { a: 'x' }, value: 2, exemplarLabels: { trace_id: 't1' } });
    histogram.observe({ labels: { a: 'x' }, value: 5, exemplarLabels: { trace_id: 't2' } });
    await tick(source, writer);
    expect(writer.exemplars.get('c_total{a="x"}')).toMatchObject({
      labels: { trace_id: 't1' },
      value: 2,
    });
    const time = writer.exemplars.get('h_bucket{a="x", le="+Inf"}')?.time ?? 0;
    expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
    expect(writer.exemplarsSet).toBe(2);
    await tick(source, writer);
    expect(writer.exemplarsSet).toBe(2);
  });

  test('names counters of an OpenMetrics registry as it renders them, before and after', async () => {
    const registry = openMetricsRegistry(client);
    const source = registrySource({ name: 'app', registry });
    const writer = new RecordingWriter();
    new client.Counter({ name: 'a_total', help: 'A.', registers: [registry] }).inc();
    new client.Counter({ name: 'b', help: 'B.', registers: [registry] }).inc();
    await tick(source, writer);
    expect(await registry.metrics()).toContain('a_total 1');
    expect([...(await tick(source, writer)).keys()]).toEqual(['a_total', 'b_total']);
    expect(writer.stale).toEqual([]);
  });

  test('opens its series anew after they have timed out', async () => {
    const { source, writer, registers } = setUp();
    new client.Gauge({ name: 'g', help: 'G.', registers }).set(1);
    new client.Histogram({ name: 'h', help: 'H.', registers }).observe(1);
    new client.Summary({ name: 's', help: 'S.', registers }).observe(1);
    const before = [...(await tick(source, writer)).keys()];
    writer.expire();
    expect([...(await tick(source, writer)).keys()]).toEqual(before);
  });

  test('gives metrics back as they were when it stops', async () => {
    const { source, writer, registers } = setUp();
    const gauge = new client.Gauge({ name: 'g', help: 'G.', labelNames: ['i'], registers });
    for (let i = 0; i < 2000; i++) gauge.set({ i }, i);
    await tick(source, writer);
    await source.stop?.();
    const { hashMap } = gauge as unknown as { hashMap?: object };
    if (hashMap !== undefined) expect(Object.getPrototypeOf(hashMap)).toBe(Object.prototype);
    gauge.set({ i: 2000 }, 1);
    expect((await gauge.get()).values).toHaveLength(2001);
  });

  test('lets two sources follow the same large metric', async () => {
    const { source, writer, registry, registers } = setUp();
    const second = registrySource({ name: 'second', registry });
    const secondWriter = new RecordingWriter();
    const gauge = new client.Gauge({ name: 'g', help: 'G.', labelNames: ['i'], registers });
    for (let i = 0; i < 2000; i++) gauge.set({ i }, i);
    await tick(source, writer);
    await tick(second, secondWriter);
    gauge.set({ i: 2000 }, 1);
    expect((await tick(source, writer)).size).toBe(2001);
    expect((await tick(second, secondWriter)).size).toBe(2001);
    await source.stop?.();
    gauge.set({ i: 2001 }, 1);
    expect((await tick(second, secondWriter)).size).toBe(2002);
  });
});

describe('registrySource with metrics of other makes', () => {
  test('reads them by get(), whose values may have names of their own', async () => {
    const metric = {
      name: 'pool',
      help: 'Pool.',
      type: 'gauge',
      get: () => ({
        name: 'pool',
        help: 'Pool.',
        type: 'gauge',
        values: [
          { value: 3, labels: { state: 'idle' } },
          { value: 4, metricName: 'pool_limit' },
        ],
      }),
    };
    const source = registrySource({
      name: 'app',
      registry: { getMetricsAsArray: () => [metric, null, 'nonsense', {}] },
    });
    const writer = new RecordingWriter();
    expect(await tick(source, writer)).toEqual(
      new Map([
        ['pool{state="idle"}', 3],
        ['pool_limit', 4],
      ]),
    );
  });

  test('leaves out a metric with an impossible label name and says so', async () => {
    const value = { value: 1, labels: { 'not-a-name': 'x' } };
    const get = () => ({ name: 'bad', help: 'Bad.', type: 'gauge', values: [value] });
    const metric = { name: 'bad', help: 'Bad.', type: 'gauge', get };
    const source = registrySource({ name: 'app', registry: { getMetricsAsArray: () => [metric] } });
    expect((await tick(source, new RecordingWriter())).size).toBe(0);
    expect(source.failing).toMatchObject([{ metric: 'bad', message: /not-a-name/ }]);
  });
});
