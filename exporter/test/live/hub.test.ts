import { describe, expect, test } from 'vitest';
import { frames, MemoryTransport, send, START, World } from './world.js';

const subscribeTo = (expr: string, id = 'p', more = {}) => ({
  type: 'subscribe',
  id,
  expr,
  interval: 1000,
  ...more,
});

describe('a subscription', () => {
  test('is greeted, confirmed, and gets its schema and a frame each tick', () => {
    const world = new World({ head: { ownLabels: { instance: 'host', job: 'kymo' } } });
    world.tick({ one: 1 });
    const { client, transport } = world.connect();
    send(client, subscribeTo('a'));
    world.clock.settle();
    world.tick({ one: 2.5 });
    const { epoch } = world.hub;
    const frame = { type: 'frame', topic: 't3', epoch, schema: 1 };
    expect(transport.take()).toEqual([
      { type: 'hello', version: 1, epoch, time: START + 1000, tick: 1000 },
      { type: 'subscribed', id: 'p', topic: 't3' },
      {
        type: 'schema',
        topic: 't3',
        version: 1,
        columns: [
          {
            labels: { __name__: 'a', instance: 'host', job: 'kymo', x: 'one' },
            type: 'gauge',
            unit: 'bytes',
          },
        ],
      },
      { ...frame, seq: START / 1000 + 1, time: START + 1000, values: [1] },
      { ...frame, seq: START / 1000 + 2, time: START + 2000, values: [2.5] },
    ]);
  });

  test('tells the schema again only when a series is new; one without a sample is null', () => {
    const world = new World();
    const { client, transport } = world.connect();
    send(client, subscribeTo('a'));
    world.tick({ one: 1 });
    world.clock.settle();
    transport.take();
    world.tick({ one: 1, two: 2 });
    world.tick({ two: 3 });
    world.tick({ one: 4, two: 5 });
    const messages = transport.take();
    expect(messages.map(({ type }) => type)).toEqual(['schema', 'frame', 'frame', 'frame']);
    expect(frames(messages).map(({ values }) => values)).toEqual([
      [1, 2],
      [null, 3],
      [4, 5],
    ]);
  });

  test('carries numbers that JSON has none for as texts', () => {
    const world = new World();
    const { client, transport } = world.connect();
    world.tick();
    const values = { a: NaN, b: Infinity, c: -Infinity, d: -0, e: 1e-7, f: 1e21 };
    send(client, subscribeTo('a'));
    world.clock.settle();
    transport.take();
    world.tick(values);
    expect(frames(transport.take())[0].values).toEqual(['NaN', '+Inf', '-Inf', -0, 1e-7, 1e21]);
  });

  test('of a scalar has one column without labels', () => {
    const world = new World();
    const { client, transport } = world.connect();
    world.tick({ one: 4 });
    send(client, subscribeTo('scalar(a) / 2'));
    world.clock.settle();
    const messages = transport.take();
    expect(messages.find(({ type }) => type === 'schema')).toMatchObject({
      columns: [{ labels: {}, type: 'unknown', unit: '' }],
    });
    expect(frames(messages)[0].values).toEqual([2]);
  });

  test('at a longer interval gets the newest frame at once, then those of its own grid', () => {
    const world = new World();
    for (let i = 1; i <= 7; i++) world.tick({ one: i });
    const { client, transport } = world.connect();
    send(client, subscribeTo('a', 'p', { interval: 5000 }));
    world.clock.settle();
    for (let i = 8; i <= 16; i++) world.tick({ one: i });
    const first = START / 1000;
    expect(frames(transport.take())).toEqual([
      { seq: first + 5, values: [5] },
      { seq: first + 10, values: [10] },
      { seq: first + 15, values: [15] },
    ]);
  });

  test('ends with its id, and what nobody subscribes to is not evaluated', () => {
    const world = new World();
    const { client, transport } = world.connect();
    send(client, subscribeTo('a', 'p'));
    send(client, subscribeTo('a', 'q'));
    send(client, subscribeTo(' a{}', 'r'));
    expect(world.hub.topics).toBe(1);
    world.tick({ one: 1 });
    world.clock.settle();
    transport.take();
    world.tick({ one: 2 });
    expect(frames(transport.take())).toHaveLength(1);
    for (const id of ['p', 'q', 'r']) send(client, { type: 'unsubscribe', id });
    expect(world.hub.topics).toBe(0);
    world.tick({ one: 3 });
    expect(transport.take()).toEqual([]);
  });

  test('goes with its connection', () => {
    const world = new World();
    const { client } = world.connect();
    send(client, subscribeTo('a'));
    world.hub.disconnect(client);
    expect([world.hub.clients, world.hub.topics, world.hub.subscriptions]).toEqual([0, 0, 0]);
  });
});

describe('frames of a tick', () => {
  test('come as one message, the same for all clients with the same subscriptions', () => {
    const world = new World();
    world.tick({ one: 1 });
    const clients = [world.connect(), world.connect(), world.connect()];
    clients.forEach(({ client }, i) => {
      send(client, subscribeTo('a', 'p'));
      if (i < 2) send(client, subscribeTo('sum(a)', 'q'));
    });
    world.clock.settle();
    clients.forEach(({ transport }) => (transport.messages.length = 0));
    world.tick({ one: 2 });
    const [first, second, third] = clients.map(({ transport }) => transport.messages);
    expect([first.length, second.length, third.length]).toEqual([1, 1, 1]);
    expect(first[0]).toBe(second[0]);
    expect(JSON.parse(first[0].text)).toHaveLength(2);
    expect(JSON.parse(third[0].text)).toMatchObject({ type: 'frame', values: [2] });
  });
});

describe('what is missed', () => {
  test('comes first, from the position on, and then the stream goes on without a seam', () => {
    const world = new World();
    for (let i = 1; i <= 10; i++) world.tick({ one: i });
    const seq = START / 1000;
    const { client, transport } = world.connect();
    send(client, subscribeTo('a', 'p', { from: { epoch: world.hub.epoch, seq: seq + 4 } }));
    // Ticks pass while the replay is under way.
    world.clock.step();
    world.tick({ one: 11 });
    world.clock.settle();
    world.tick({ one: 12 });
    expect(frames(transport.take())).toEqual(
      Array.from({ length: 8 }, (_, i) => ({ seq: seq + 5 + i, values: [i + 5] })),
    );
  });

  test('may be asked for by time', () => {
    const world = new World();
    for (let i = 1; i <= 5; i++) world.tick({ one: i });
    const { client, transport } = world.connect();
    send(client, subscribeTo('a', 'p', { from: START + 3000 }));
    world.clock.settle();
    expect(frames(transport.take()).map(({ values }) => values)).toEqual([[4], [5]]);
  });

  test('is a gap where the exporter had not started, as after a restart', () => {
    const before = new World();
    const world = new World();
    world.seq += 5;
    const seq = world.seq;
    world.tick({ one: 1 });
    world.tick({ one: 2 });
    const { client, transport } = world.connect();
    send(client, subscribeTo('a', 'p', { from: { epoch: before.hub.epoch, seq: seq - 3 } }));
    world.clock.settle();
    const messages = transport.take();
    expect(messages.find(({ type }) => type === 'gap')).toEqual({
      type: 'gap',
      topic: 't3',
      missed: 3,
      from: seq - 2,
      to: seq,
    });
    expect(frames(messages).map(({ values }) => values)).toEqual([[1], [2]]);
  });

  test('is told of when the subscription came before the first tick', () => {
    const world = new World();
    const { client, transport } = world.connect();
    const { seq } = world;
    send(client, subscribeTo('a', 'p', { from: { epoch: 'other', seq: seq - 2 } }));
    world.tick({ one: 1 });
    world.clock.settle();
    const messages = transport.take();
    expect(messages.map(({ type }) => type)).toEqual([
      'hello',
      'subscribed',
      'gap',
      'schema',
      'frame',
    ]);
    expect(messages[2]).toMatchObject({ missed: 2, from: seq - 1, to: seq });
  });

  test('is a gap where its samples, or those that a range needs, have left the head', () => {
    let whole = 0;
    const world = new World({ whole: () => whole, lookback: 2000 });
    for (let i = 1; i <= 20; i++) world.tick({ one: i });
    whole = START + 10_000;
    const seq = START / 1000;
    for (const [expr, first] of [
      ['a', 12],
      ['max_over_time(a[3s])', 15],
      ['a offset 1s', 13],
      ['max_over_time(a[3s:1s])', 15],
      ['max_over_time(a[3s + 1s])', undefined],
    ] as const) {
      const { client, transport } = world.connect();
      send(client, subscribeTo(expr, 'p', { from: START }));
      world.clock.settle();
      expect(frames(transport.take())[0]?.seq, expr).toBe(
        first === undefined ? undefined : seq + first,
      );
    }
  });

  test('holds series that have gone since, and the stream goes on with its own schema', () => {
    const world = new World();
    world.tick({ one: 1 });
    const other = world.connect();
    send(other.client, subscribeTo('a'));
    world.clock.settle();
    const { client, transport } = world.connect();
    world.tick({ one: 2, two: 2 });
    send(client, subscribeTo('a', 'p', { from: START }));
    world.clock.settle();
    world.tick({ two: 3 });
    const messages = transport.take();
    expect(messages.map(({ type }) => type)).toEqual([
      'hello',
      'subscribed',
      'schema',
      'frame',
      'frame',
      'frame',
    ]);
    expect(frames(messages).map(({ values }) => values)).toEqual([
      [1, null],
      [2, 2],
      [null, 3],
    ]);
  });

  test('holds series that have been gone for longer than their time to live', () => {
    const world = new World({ head: { ttl: 2000, retention: 900_000 } });
    for (let i = 1; i <= 3; i++) world.tick({ one: i });
    for (let i = 0; i < 800; i++) world.tick({ other: i });
    const { client, transport } = world.connect();
    send(client, subscribeTo('a{x="one"}', 'p', { from: START }));
    world.clock.settle();
    const replayed = frames(transport.take());
    expect(replayed).toHaveLength(803);
    expect(replayed.slice(0, 4).map(({ values }) => values)).toEqual([[1], [2], [3], [null]]);
  });

  test('is told where the exporter itself was late', () => {
    const world = new World();
    const { client, transport } = world.connect();
    send(client, subscribeTo('a'));
    world.tick({ one: 1 });
    world.clock.settle();
    transport.take();
    world.skip();
    world.skip();
    world.tick({ one: 2 });
    const [gap, frame] = transport.take();
    const first = START / 1000 + 2;
    expect(gap).toEqual({ type: 'gap', topic: 't3', missed: 2, from: first, to: first + 1 });
    expect(frame).toMatchObject({ seq: first + 2 });
  });
});

describe('a slow client', () => {
  const limits = { maxBuffered: 500 };

  test('gets the newest frame once it reads again, and is told what it missed', () => {
    const world = new World({ limits });
    const { client, transport } = world.connect();
    send(client, subscribeTo('a'));
    world.tick({ one: 0 });
    world.clock.settle();
    transport.take();
    transport.isReading = false;
    for (let i = 1; i <= 50; i++) world.tick({ one: i });
    expect(transport.buffered).toBeLessThan(1000);
    transport.isReading = true;
    transport.read();
    world.hub.drained(client);
    world.tick({ one: 51 });
    const messages = transport.take();
    const gap = messages.find(({ type }) => type === 'gap');
    if (gap?.type !== 'gap') throw new Error('no gap');
    const seqs = frames(messages).map(({ seq }) => seq);
    const first = START / 1000 + 2;
    expect(seqs.slice(-2)).toEqual([first + 49, first + 50]);
    expect(seqs.length - 1 + gap.missed).toBe(50);
    expect(gap.to - gap.from + 1).toBe(gap.missed);
    expect(world.hub.stats.droppedFrames).toBe(gap.missed);
  });

  test('harms no other, and is closed in the end', () => {
    const world = new World({ limits: { ...limits, slowTimeout: 0 } });
    const slow = world.connect();
    const other = world.connect();
    for (const { client } of [slow, other]) send(client, subscribeTo('a'));
    world.tick({ one: 0 });
    world.clock.settle();
    slow.transport.isReading = false;
    other.transport.take();
    for (let i = 1; i <= 20; i++) world.tick({ one: i });
    expect(frames(other.transport.take())).toHaveLength(20);
    world.hub.sweep();
    expect(slow.transport.closed).toMatchObject([{ code: 4002 }]);
    expect(world.hub.clients).toBe(1);
  });

  test('gets what it missed no faster than it reads', () => {
    const world = new World({ limits });
    for (let i = 1; i <= 100; i++) world.tick({ one: i });
    const { client, transport } = world.connect();
    transport.isReading = false;
    send(client, subscribeTo('a', 'p', { from: START }));
    for (let i = 0; i < 1000; i++) {
      world.clock.settle();
      expect(transport.buffered).toBeLessThan(3000);
      transport.read();
      world.hub.drained(client);
    }
    expect(frames(transport.take()).map(({ values }) => values)).toEqual(
      Array.from({ length: 100 }, (_, i) => [i + 1]),
    );
  });
});

describe('streams', () => {
  test('carry what was emitted, at the end of the tick and only then', () => {
    const world = new World();
    const { client, transport } = world.connect();
    send(client, { type: 'subscribe', id: 1, stream: 'alerts' });
    world.tick();
    transport.take();
    world.tick();
    world.hub.emit('alerts', { state: 'pending' });
    world.hub.emit('alerts', { state: 'firing' });
    world.hub.emit('events', { event: 'reloaded' });
    expect(transport.take()).toEqual([]);
    world.tick();
    expect(frames(transport.take())).toEqual([
      { seq: world.seq, values: [{ state: 'pending' }, { state: 'firing' }] },
    ]);
  });

  test('come again from a position on, as far as they are kept', () => {
    const world = new World();
    world.tick();
    const { seq } = world;
    for (let i = 1; i <= 1005; i++) {
      world.hub.emit('alerts', { i });
      world.tick();
    }
    const ask = (from: object | undefined) => {
      const { client, transport } = world.connect();
      send(client, { type: 'subscribe', id: 1, stream: 'alerts', from });
      return transport.take().slice(2);
    };
    const { epoch } = world.hub;
    expect(ask(undefined)).toEqual([]);
    expect(frames(ask({ epoch, seq: seq + 1003 }))).toMatchObject([
      { values: [{ i: 1004 }] },
      { values: [{ i: 1005 }] },
    ]);
    expect(ask({ epoch, seq: seq + 2 })[0]).toMatchObject({ type: 'gap', to: seq + 5 });
  });

  test('say that those of an earlier run are not kept', () => {
    const world = new World();
    const before = world.seq;
    world.tick();
    world.hub.emit('alerts', { state: 'firing' });
    world.tick();
    const { client, transport } = world.connect();
    const from = { epoch: '1000-x', seq: before - 10 };
    send(client, { type: 'subscribe', id: 1, stream: 'alerts', from });
    expect(transport.take().slice(2)).toMatchObject([
      { type: 'gap', missed: 1, from: before - 9, to: before },
      { type: 'frame', seq: world.seq, values: [{ state: 'firing' }] },
    ]);
  });
});

describe('limits', () => {
  test('on clients refuse with 1013, after a warning', () => {
    const near: unknown[] = [];
    const limits = { maxClients: 10 };
    const world = new World({ limits, onNearLimit: (one) => near.push(one) });
    for (let i = 0; i < 8; i++) world.connect();
    expect(near).toEqual([]);
    world.connect();
    expect(near).toEqual([{ limit: 'clients', used: 8, max: 10 }]);
    world.connect();
    const transport = new MemoryTransport();
    expect(world.hub.connect(transport)).toBeUndefined();
    expect(transport.closed).toMatchObject([{ code: 1013 }]);
    expect(near).toHaveLength(1);
  });

  test('on messages close with 4001, after saying why', () => {
    const world = new World({ limits: { rate: 2 } });
    const { client, transport } = world.connect();
    for (let i = 0; i < 30; i++) send(client, { type: 'ping' });
    const messages = transport.take();
    expect(messages.filter(({ type }) => type === 'pong').length).toBeGreaterThanOrEqual(20);
    expect(messages.at(-1)).toMatchObject({ type: 'error', code: 'too_many_messages' });
    expect(transport.closed).toMatchObject([{ code: 4001 }]);
    expect(world.hub.stats.closed.get(4001)).toBe(1);
  });

  test('on idle time close who subscribes to nothing', () => {
    const world = new World({ limits: { idleTimeout: 0 } });
    const idle = world.connect();
    const busy = world.connect();
    send(busy.client, subscribeTo('a'));
    world.hub.sweep();
    expect(idle.transport.closed).toMatchObject([{ code: 4000 }]);
    expect(busy.transport.closed).toEqual([]);
  });

  test('on subscriptions and topics refuse only what is too much', () => {
    const world = new World({ limits: { maxSubscriptions: 3, maxTopics: 4 } });
    const [first, second] = [world.connect(), world.connect()];
    for (let i = 0; i < 5; i++) send(first.client, subscribeTo(`a + ${i}`, `p${i}`));
    for (let i = 5; i < 8; i++) send(second.client, subscribeTo(`a + ${i}`, `p${i}`));
    const codes = ({ transport }: typeof first) =>
      transport.take().flatMap((message) => (message.type === 'error' ? [message.code] : []));
    expect(codes(first)).toEqual(['too_many_subscriptions', 'too_many_subscriptions']);
    expect(codes(second)).toEqual(['too_many_topics', 'too_many_topics']);
    expect(world.hub.stats.refused.get('too_many_topics')).toBe(2);
  });
});

describe('an expression that reads further back than samples are kept', () => {
  test.each(['avg_over_time(a[16m])', 'a offset 1d', 'max_over_time(rate(a[10m])[6m:])'])(
    'has no stream: %s',
    (expr) => {
      const { hub, connect } = farBack();
      const { client, transport } = connect();
      send(client, subscribeTo(expr));
      expect(transport.take().at(-1)).toMatchObject({ type: 'error', code: 'too_far_back' });
      expect(hub.topics).toBe(0);
    },
  );

  test.each(['avg_over_time(a[15m])', 'a', 'rate(a[10m] offset 5m)', 'a @ 1'])(
    'has one where they are: %s',
    (expr) => {
      const { hub, connect } = farBack();
      send(connect().client, subscribeTo(expr));
      expect(hub.topics).toBe(1);
    },
  );

  function farBack() {
    const world = new World({ retention: 900_000 });
    return { hub: world.hub, connect: () => world.connect() };
  }
});

describe('a topic that cannot be evaluated', () => {
  test('tells its subscribers once, goes on, and says what was missed', () => {
    const world = new World({ limits: { maxSeries: 2 } });
    const { client, transport } = world.connect();
    const other = world.connect();
    send(client, subscribeTo('a'));
    send(other.client, subscribeTo('sum(a)'));
    world.tick({ one: 1 });
    world.clock.settle();
    transport.take();
    other.transport.take();
    for (let i = 0; i < 3; i++) world.tick({ one: 1, two: 2, three: 3 });
    world.tick({ one: 1, two: 2 });
    const messages = transport.take();
    expect(messages.map(({ type }) => type)).toEqual(['error', 'gap', 'schema', 'frame']);
    expect(messages[0]).toMatchObject({ code: 'evaluation_failed', topic: 't3' });
    expect(messages[1]).toMatchObject({ missed: 3 });
    expect(frames(other.transport.take())).toHaveLength(4);
    expect(world.hub.stats.failures).toBe(3);
  });

  test('is tried less often while it takes too long', () => {
    const world = new World({ limits: { evaluationTimeout: -1 } });
    const { client, transport } = world.connect();
    send(client, subscribeTo('a'));
    world.tick({ one: 1 });
    world.clock.settle();
    for (let i = 0; i < 100; i++) world.tick({ one: i });
    expect(world.hub.stats.failures).toBeLessThan(12);
    const errors = transport.take().filter(({ type }) => type === 'error');
    expect(errors).toMatchObject([{ code: 'evaluation_failed' }]);
  });

  test('is left out with the rest where all together take too long', () => {
    const world = new World({ limits: { evaluationShare: 0.01 } });
    const { client, transport } = world.connect();
    for (let i = 0; i < 20; i++) send(client, subscribeTo(`a + ${i}`, `p${i}`));
    world.tick({ one: 1 });
    world.clock.settle();
    transport.take();
    world.tick({ one: 2 });
    const messages = transport.take();
    expect(frames(messages).length).toBeGreaterThan(0);
    expect(messages.some((one) => one.type === 'error' && one.code === 'overloaded')).toBe(true);
  });
});
