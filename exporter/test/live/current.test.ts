import { describe, expect, test } from 'vitest';
import { answer, type ApiAnswer } from '../../src/promql/api/answer.js';
import { QueryParameters } from '../../src/promql/api/parameters.js';
import { ResultEncoder } from '../../src/promql/encode.js';
import { CurrentValues, type CurrentOptions } from '../../src/live/current.js';
import { World } from './world.js';

const EPOCH = '1000-loyw3v28';

/** An exporter whose queries are evaluated at once, and counted. */
class Polled extends World {
  readonly asked: { readonly expr: string; readonly time: number }[] = [];
  readonly current: CurrentValues;
  /** Held back until it resolves. */
  held: Promise<unknown> = Promise.resolve();

  constructor(options: Partial<CurrentOptions> = {}) {
    super();
    this.current = new CurrentValues({
      epoch: EPOCH,
      tick: this.interval,
      evaluate: async (expr, time) => {
        this.asked.push({ expr, time });
        await this.held;
        const { status, contentType, body } = this.query(expr, time);
        return { status, contentType, body: Buffer.from(body) };
      },
      ...options,
    });
  }

  override tick(values: Readonly<Record<string, number>> = {}, name = 'a'): void {
    super.tick(values, name);
    this.current.advance(this.time, this.seq);
  }

  query(query: string, time: number): ApiAnswer {
    const search = new URLSearchParams({ query, time: String(time / 1000) });
    return answer('query', {
      reader: this.head,
      parameters: new QueryParameters(search),
      limits: {
        timeout: 10_000,
        maxSamples: 1e6,
        maxSamplesRead: 1e6,
        maxPoints: 11_000,
        lookback: 300_000,
      },
      encoder: new ResultEncoder(),
      now: time,
      monotonic: () => 0,
      cancelled: () => false,
    });
  }

  /** Status and parsed body. */
  async get(
    request: Parameters<CurrentValues['answer']>[0] = {},
  ): Promise<readonly [number, Record<string, unknown> | undefined]> {
    const { status, body } = await this.current.answer(request);
    const text = body.toString();
    return [status, text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>)];
  }
}

interface Vector {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

describe('current values', () => {
  test('are those of the last tick, with its position', async () => {
    const world = new Polled();
    world.tick({ one: 1.5 });
    world.tick({ one: 2.5 });
    const { status, headers, body } = await world.current.answer({ expr: 'a' });
    expect(status).toBe(200);
    expect(headers).toEqual({
      'Content-Type': 'application/json',
      'Cache-Control': 'no-cache',
      ETag: `"${EPOCH}.${world.seq}"`,
    });
    expect(JSON.parse(body.toString())).toEqual({
      status: 'success',
      epoch: EPOCH,
      seq: world.seq,
      time: world.time,
      data: (JSON.parse(world.query('a', world.time).body) as { data: unknown }).data,
    });
  });

  test('are evaluated once a tick, whoever asks and however often', async () => {
    const world = new Polled();
    world.tick({ one: 1 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.current.answer({ expr: 'a' })),
    );
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    await world.get({ expr: 'a' });
    expect(world.asked).toHaveLength(1);
    world.tick({ one: 2 });
    await world.get({ expr: 'a' });
    await world.get({ expr: 'a' });
    expect(world.asked.map(({ time }) => time)).toEqual([world.time - 1000, world.time]);
  });

  test('cost nothing where nobody asks, and where nothing is newer', async () => {
    const world = new Polled();
    world.tick({ one: 1 });
    const { headers } = await world.current.answer({ expr: 'a' });
    const etag = String(headers.ETag);
    world.asked.length = 0;
    for (const ifNoneMatch of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      expect(await world.get({ expr: 'other', ifNoneMatch })).toEqual([304, undefined]);
    }
    const { seq, time } = world;
    for (const since of [time, time + 1, { epoch: EPOCH, seq }]) {
      expect(await world.get({ expr: 'other', since })).toEqual([204, undefined]);
    }
    expect(world.asked).toEqual([]);

    for (const since of [time - 1, 0, { epoch: EPOCH, seq: seq - 1 }, { epoch: '1000-x', seq }]) {
      expect((await world.get({ expr: 'a', since }))[0]).toBe(200);
    }
    world.tick({ one: 2 });
    expect((await world.get({ expr: 'a', ifNoneMatch: etag }))[0]).toBe(200);
    expect((await world.get({ expr: 'a', since: { epoch: EPOCH, seq } }))[0]).toBe(200);
  });

  test('that take longer than a tick are told with the tick they are of', async () => {
    const world = new Polled();
    world.tick({ one: 1 });
    const first = world.seq;
    let release = (): void => undefined;
    world.held = new Promise<void>((resolve) => (release = resolve));
    const early = world.get({ expr: 'a' });
    world.tick({ one: 2 });
    const late = world.get({ expr: 'a' });
    const unchanged = world.get({ expr: 'a', ifNoneMatch: `"${EPOCH}.${first}"` });
    release();
    expect((await early)[1]).toMatchObject({ seq: first });
    expect((await late)[1]).toMatchObject({ seq: first });
    expect((await unchanged)[0]).toBe(304);
    expect(world.asked).toHaveLength(1);
    // The next one is not answered with what is old.
    expect((await world.get({ expr: 'a' }))[1]).toMatchObject({ seq: world.seq });
  });

  test('of a bad expression are an error, told once a tick to all', async () => {
    const world = new Polled();
    world.tick({ one: 1 });
    for (let i = 0; i < 3; i++) {
      const [status, body] = await world.get({ expr: 'sum(' });
      expect([status, body?.errorType]).toEqual([400, 'bad_data']);
    }
    expect((await world.get({ expr: '' }))[0]).toBe(400);
    expect(world.asked).toHaveLength(2);
  });

  test('are unavailable before the first tick, and asked for again where the thread was busy', async () => {
    const world = new Polled();
    expect(await world.get({ expr: 'a' })).toMatchObject([503, { errorType: 'unavailable' }]);
    let asked = 0;
    const body = Buffer.from('{"status":"error"}');
    const busy = new CurrentValues({
      epoch: EPOCH,
      tick: 1000,
      evaluate: () => {
        asked++;
        return Promise.resolve({ status: 503, contentType: 'application/json', body });
      },
    });
    busy.advance(1000, 1);
    await busy.answer({ expr: 'a' });
    expect((await busy.answer({ expr: 'a' })).status).toBe(503);
    expect(asked).toBe(2);
  });

  test('are kept within a bound, the newest of them', async () => {
    const world = new Polled({ maxBytes: 5000 });
    world.tick({ one: 1 });
    for (let i = 0; i < 20; i++) await world.get({ expr: `a + ${i}` });
    world.asked.length = 0;
    await world.get({ expr: 'a + 19' });
    expect(world.asked).toHaveLength(0);
    await world.get({ expr: 'a + 0' });
    expect(world.asked).toHaveLength(1);
  });
});

describe('without an expression', () => {
  test('they are what the recording rules of key figures have, and nothing else', async () => {
    const world = new Polled();
    const family = world.writer.family({ name: 'kymo:errors:ratio', type: 'gauge', help: '' });
    world.writer.set(world.writer.series(family, { protocol: 'grpc' }), 0.5);
    traffic(world, 10);
    traffic(world, 20);
    world.writer.set(world.writer.series(family, { protocol: 'grpc' }), 0.25);
    world.tick({ any: 1 }, 'kymo:latency_seconds:buckets');
    const [, body] = await world.get();
    expect((body as unknown as Vector).data.result).toEqual([
      {
        metric: { __name__: 'kymo:errors:ratio', protocol: 'grpc' },
        value: [world.time / 1000, '0.25'],
      },
    ]);
  });

  test('they are totals of the same names where no rule computes them', async () => {
    const world = new Polled();
    traffic(world, 0);
    traffic(world, 8);
    const [status, body] = await world.get();
    expect(status).toBe(200);
    const { result } = (body as unknown as Vector).data;
    expect(Object.fromEntries(result.map(({ metric, value }) => [metric.__name__, value[1]])))
      // 8 requests in a second, seen within a window of 10 s; none of them an error.
      .toMatchObject({
        'kymo:errors:ratio': '0',
        'kymo:connections:active': '3',
        'kymo:latency_seconds:p95': '0.95',
      });
    expect(result.map(({ metric }) => metric.__name__).sort()).toEqual([
      'kymo:connections:active',
      'kymo:errors:ratio',
      'kymo:latency_seconds:p50',
      'kymo:latency_seconds:p95',
      'kymo:latency_seconds:p99',
      'kymo:latency_seconds:p999',
      'kymo:requests:rate',
    ]);
    expect(result.every(({ metric }) => Object.keys(metric).length === 1)).toBe(true);
  });
});

/** A tick in which so many requests have been answered since the start, in a second at most. */
function traffic(world: Polled, count: number): void {
  const { writer } = world;
  const set = (name: string, labels: Readonly<Record<string, string>>, value: number): void => {
    const family = writer.family({ name, type: 'gauge', help: '' });
    writer.set(writer.series(family, labels), value);
  };
  const duration = 'http_server_request_duration_seconds';
  const labels = { protocol: 'http1', http_response_status_code: '200' };
  set(`${duration}_count`, labels, count);
  for (const le of ['1', '+Inf']) set(`${duration}_bucket`, { ...labels, le }, count);
  set('kymo_connections', { protocol: 'http1', state: 'active' }, 3);
  set('kymo_connections', { protocol: 'http1', state: 'idle' }, 4);
  world.tick();
}
