import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.js';
import { silentLogger } from '../../../src/lib/logger.js';
import { DEFAULT_CHANNELS } from '../../../src/live/grafana/default-channels.js';
import { GrafanaPush, type GrafanaPushOptions } from '../../../src/live/grafana/push.js';
import type { GrafanaTargetOptions } from '../../../src/live/grafana/target.js';
import { World, START } from '../world.js';
import { FakeGrafana, until } from './fake-grafana.js';

interface SetUp {
  readonly world: World;
  readonly push: GrafanaPush;
  readonly clock: ManualClock;
  /** One tick with a value. */
  readonly tick: (value?: number) => void;
}

function setUp(
  grafana: FakeGrafana,
  target: Partial<GrafanaTargetOptions> = {},
  options: Partial<GrafanaPushOptions> = {},
): SetUp {
  const world = new World();
  const clock = new ManualClock(START);
  const push = new GrafanaPush({
    reader: world.head,
    tick: 1000,
    clock,
    logger: silentLogger,
    channels: [{ name: 'a', expr: 'a' }],
    targets: [{ url: grafana.url, credentials: { token: 'secret' }, ...target }],
    random: () => 0.5,
    ...options,
  });
  const tick = (value = 1): void => {
    world.tick({ one: value });
    push.publish(world.time, world.seq);
  };
  return { world, push, clock, tick };
}

describe('a push to Grafana', () => {
  test('carries the channels of a tick in one request, with times and labels', async () => {
    const grafana = await new FakeGrafana().start();
    const channels = [
      { name: 'a', expr: 'a', labels: { site: 'north, east' } },
      { name: 'sum', expr: 'scalar(sum(a))' },
      { name: 'slow', expr: 'a', interval: 2000 },
      { name: 'nothing', expr: 'a / 0 - a / 0' },
    ];
    const { tick, push } = setUp(grafana, {}, { channels });
    tick(1.5);
    await until(() => push.stats[0].pushed === 2);
    expect(grafana.pushes).toEqual([
      {
        path: '/api/live/push/kymo?gf_live_frame_format=labels_column',
        authorization: 'Bearer secret',
        lines: [
          `a,site=north\\,\\ east,__name__=a,x=one value=1.5 ${START + 1000}000000`,
          `sum value=1.5 ${START + 1000}000000`,
        ],
      },
    ]);
    tick(2);
    await until(() => push.stats[0].pushed === 5);
    expect(grafana.pushes[1].lines).toHaveLength(3);
    expect(push.stats[0]).toMatchObject({ failed: 0, dropped: 0, queued: 0, error: undefined });
  });

  test('goes to several Grafanas, and one that is down harms no other', async () => {
    const grafana = await new FakeGrafana().start();
    const other = await new FakeGrafana().start();
    const down = await new FakeGrafana().start();
    await down.stop();
    const credentials = { username: 'kymo', password: 'pass:word' };
    const targets = [
      { url: down.url },
      { url: `${grafana.url}/grafana/`, stream: 'site-1' },
      { url: other.url, credentials },
    ];
    const { tick, push } = setUp(grafana, {}, { targets });
    tick();
    await until(() => push.stats.filter(({ pushed }) => pushed === 1).length === 2);
    expect(grafana.pushes[0].path).toMatch(/^\/grafana\/api\/live\/push\/site-1\?/);
    expect(other.pushes[0].authorization).toBe(
      `Basic ${Buffer.from('kymo:pass:word').toString('base64')}`,
    );
    await until(() => push.stats[0].error !== undefined);
    expect(push.stats[0]).toMatchObject({ pushed: 0, queued: 1 });
    push.stop();
  });

  test.each([401, 403, 500, 400, 302])(
    'that is answered with %d is counted, not repeated, and pushing goes on',
    async (status) => {
      const grafana = await new FakeGrafana().start();
      grafana.answer = status;
      const { tick, push, clock } = setUp(grafana);
      tick();
      await until(() => push.stats[0].failed === 1);
      expect(push.stats[0].error).toContain(String(status));
      grafana.answer = 200;
      tick(2);
      expect(grafana.pushes).toHaveLength(1);
      clock.advance(250);
      await until(() => push.stats[0].pushed === 1);
      expect(grafana.pushes[1].lines).toHaveLength(1);
      expect(push.stats[0].error).toBeUndefined();
    },
  );

  test('that is answered with 429 is repeated when Grafana asks for it', async () => {
    const grafana = await new FakeGrafana().start();
    grafana.answer = (response) => response.writeHead(429, { 'Retry-After': '3' }).end();
    const { tick, push, clock } = setUp(grafana);
    tick(1);
    await until(() => push.stats[0].error !== undefined);
    grafana.answer = 200;
    tick(2);
    clock.advance(2999);
    expect(grafana.pushes).toHaveLength(1);
    clock.advance(1);
    await until(() => push.stats[0].pushed === 2);
    expect(push.stats[0]).toMatchObject({ failed: 0, failures: 1, dropped: 0, queued: 0 });
    expect(grafana.pushes[1].lines.map((line) => line.split(' ')[1])).toEqual([
      'value=1',
      'value=2',
    ]);
  });

  test('that is not answered is given up and repeated; ticks go on meanwhile', async () => {
    const grafana = await new FakeGrafana().start();
    grafana.answer = () => undefined;
    const { tick, push, clock } = setUp(grafana, { timeout: 1000 });
    tick();
    await until(() => grafana.pushes.length === 1);
    for (let i = 0; i < 5; i++) tick();
    expect(grafana.pushes).toHaveLength(1);
    grafana.answer = 200;
    clock.advance(1000);
    await until(() => push.stats[0].error !== undefined);
    expect(push.stats[0].error).toContain('1000 ms');
    clock.advance(250);
    await until(() => push.stats[0].pushed === 6);
    // The newest was made 5 s after the start of this clock, which stands at 1.25 s.
    expect(push.stats[0].lag).toBeCloseTo(1.25 - 6);
  });

  test('to a Grafana that is down waits in a bounded queue, and goes on after a restart', async () => {
    const grafana = await new FakeGrafana().start();
    const { tick, push, clock } = setUp(grafana, { maxQueue: 10 });
    tick(0);
    await until(() => push.stats[0].pushed === 1);
    await grafana.stop();
    for (let i = 1; i <= 25; i++) {
      tick(i);
      if (i === 1) await until(() => push.stats[0].error !== undefined);
    }
    expect(push.stats[0]).toMatchObject({ queued: 10, dropped: 15, failed: 0, failures: 1 });
    await grafana.start();
    // The longest that it ever waits.
    clock.advance(5000);
    await until(() => push.stats[0].pushed === 11);
    expect(push.stats[0]).toMatchObject({ queued: 0, error: undefined });
  });

  test('waits longer and longer between attempts, by a random part of at most 5 s', async () => {
    const grafana = await new FakeGrafana().start();
    grafana.answer = 503;
    const { tick, push, clock } = setUp(grafana, {}, { random: () => 0.999_999 });
    tick();
    const waited: number[] = [];
    for (let i = 1; i <= 7; i++) {
      await until(() => grafana.pushes.length === i && push.stats[0].queued === 1);
      // The answer has been dealt with once the tick is back in the queue.
      let time = 0;
      while (grafana.pushes.length === i) {
        clock.advance(50);
        time += 50;
        if (push.stats[0].queued === 0) break;
      }
      waited.push(time);
      await until(() => grafana.pushes.length === i + 1);
    }
    expect(waited).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    push.stop();
  });
});

describe('channels', () => {
  const build = (channel: object, stream = 'kymo') => {
    const world = new World();
    return () =>
      new GrafanaPush({
        reader: world.head,
        tick: 1000,
        clock: new ManualClock(),
        logger: silentLogger,
        channels: [{ name: 'a', expr: 'a', ...channel }],
        targets: [{ url: 'http://grafana:3000', stream }],
      });
  };

  test.each([
    [{ name: 'a b' }, /letters, digits/],
    [{ name: '' }, /letters, digits/],
    [{ name: 'ä' }, /letters, digits/],
    [{ name: 'a'.repeat(160) }, /172 characters/],
    [{ expr: 'rate(' }, /parse error/],
    [{ expr: 'a[5m]' }, /matrix/],
    [{ interval: 1500 }, /multiple of the tick/],
    [{ labels: { 'a b': 'c' } }, /not a name of a label/],
  ])('%j are refused', (channel, message) => {
    expect(build(channel)).toThrow(message);
  });

  test('of a stream with another name than Grafana knows are refused', () => {
    expect(build({}, 'ky/mo')).toThrow(/cannot be a stream/);
  });

  test('are refused twice by one name', () => {
    const world = new World();
    const channel = { name: 'a', expr: 'a' };
    const options = { reader: world.head, tick: 1000, clock: new ManualClock() };
    const targets = [{ url: 'http://grafana:3000' }];
    expect(
      () =>
        new GrafanaPush({
          ...options,
          logger: silentLogger,
          channels: [channel, channel],
          targets,
        }),
    ).toThrow(/two of that name/);
  });

  test.each(['grafana', 'ftp://grafana', 'http://admin:admin@grafana'])(
    'to %s are refused',
    async (url) => {
      const grafana = await new FakeGrafana().start();
      expect(() => setUp(grafana, { url })).toThrow(/grafana|http/);
    },
  );

  test('that are provided are valid, and none is evaluated without a Grafana', async () => {
    const grafana = await new FakeGrafana().start();
    expect(() => setUp(grafana, {}, { channels: DEFAULT_CHANNELS })).not.toThrow();
    const { tick, push } = setUp(grafana, {}, { targets: [] });
    tick();
    expect(push.stats).toEqual([]);
  });
});
