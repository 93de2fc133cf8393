import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.js';
import { silentLogger } from '../../../src/lib/logger.js';
import { Ticker } from '../../../src/lib/ticker.js';
import { GrafanaPush } from '../../../src/live/grafana/push.js';
import { World } from '../world.js';
import { until } from './fake-grafana.js';
import { grafanaHome, RealGrafana } from './real-grafana.js';

if (grafanaHome === undefined) {
  process.stderr.write(
    '\n*** GRAFANA_HOME is not set: pushes to a real Grafana NOT TESTED. ***\n\n',
  );
}

describe.skipIf(grafanaHome === undefined)('a push to a real Grafana', { timeout: 120_000 }, () => {
  const grafana = new RealGrafana();
  beforeAll(() => grafana.start());
  afterAll(() => grafana.remove());

  test('reaches who subscribes through Grafana Live, and goes on after a restart', async () => {
    const world = new World();
    const push = new GrafanaPush({
      reader: world.head,
      tick: 200,
      clock: systemClock,
      logger: silentLogger,
      channels: [{ name: 'host.cpu_x-1', expr: 'a', labels: { site: 'n, e=1' } }],
      targets: [{ url: grafana.url, credentials: { token: await grafana.token() } }],
    });
    const stats = () => push.stats[0];
    const ticks: number[] = [];
    const family = world.writer.family({ name: 'a', type: 'gauge', help: '' });
    const series = ['one', 'tw o,=\\'].map((x) => world.writer.series(family, { x }));
    const ticker = new Ticker({
      interval: 200,
      clock: systemClock,
      onError: (thrown) => {
        throw thrown;
      },
      run: ({ time, number }) => {
        for (const id of series) world.writer.set(id, number);
        world.writer.commit(time);
        world.head.endTick(time);
        push.publish(time, number);
        ticks.push(time);
      },
    });
    ticker.start();
    try {
      await until(() => stats().pushed > 0);
      const rows = new Map<number, unknown[]>();
      const seen = new Set<unknown>();
      const take = ([labels, times, values]: unknown[][]): void =>
        times.forEach((time, i) => {
          seen.add(labels[i]);
          rows.set(time as number, [...(rows.get(time as number) ?? []), values[i]]);
        });
      const socket = await grafana.subscribe('stream/kymo/host.cpu_x-1', take);
      await until(() => rows.size > 0);
      const first = Math.min(...rows.keys());
      await until(() => rows.size >= 25);
      const last = Math.max(...rows.keys());
      const expected = ticks.filter((time) => time >= first && time <= last);
      expect([...rows.keys()].sort()).toEqual(expected);
      for (const [time, values] of rows) expect(values).toEqual([time / 200, time / 200]);
      expect([...seen]).toEqual([
        '__name__=a, site=n, e=1, x=one',
        '__name__=a, site=n, e=1, x=tw o,=/',
      ]);
      socket.close();

      await grafana.stop();
      await until(() => stats().error !== undefined);
      await grafana.start();
      const { pushed } = stats();
      await until(() => stats().pushed > pushed);
      await until(() => stats().queued === 0);
      expect(stats()).toMatchObject({ error: undefined });
    } finally {
      await ticker.stop();
      push.stop();
    }
  });
});
