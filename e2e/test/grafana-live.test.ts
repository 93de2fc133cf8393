import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GrafanaApi } from './grafana-api.js';
import { GrafanaChannel } from './grafana-live-client.js';
import { LiveClient } from './live-client.js';
import { queryRange, ticksOf } from './live-peer.js';
import { grafanaHome, startGrafana, startKymoWith, until, type Running } from './processes.js';

if (grafanaHome === undefined) {
  process.stderr.write(
    '\n*** GRAFANA_HOME is not set: live streams through a real Grafana WERE NOT TESTED. ***\n\n',
  );
}

/** The expression of the provided channel `protocols_requests`. */
const REQUESTS = 'sum by (protocol) (rate(http_server_request_duration_seconds_count[10s]))';
const MINUTE = 60_000;

describe.skipIf(grafanaHome === undefined)(
  'live streams through a real Grafana',
  { timeout: 300_000 },
  () => {
    let grafana: Running;
    let kymo: Running;
    let viewer: string;

    beforeAll(async () => {
      grafana = await startGrafana({});
      const api = new GrafanaApi(grafana.url);
      viewer = await api.viewer();
      const KYMO_GRAFANA_TOKEN = await api.token('Editor');
      kymo = await startKymoWith({ KYMO_GRAFANA_URL: grafana.url, KYMO_GRAFANA_TOKEN }, 'demo');
      await api.addDatasource('exporter', kymo.url);
      expect(await api.role(viewer)).toBe('Viewer');
    }, 180_000);

    afterAll(async () => {
      await kymo.stop();
      await grafana.stop();
    });

    /** Samples, or requests, counted so far; the exporter's own counters. */
    const counted = async (selector: string): Promise<number> => {
      const now = Date.now();
      const rows = await queryRange(kymo.url, `sum(${selector})`, { start: now, end: now });
      return Number([...(rows.get(now)?.values() ?? [0])][0]);
    };
    const pushed = (): Promise<number> =>
      counted('kymo_grafana_push_samples_total{outcome="pushed"}');
    const refused = (): Promise<number> =>
      counted('kymo_grafana_push_samples_total{outcome="failed"}');
    const failures = (): Promise<number> => counted('kymo_grafana_push_failures_total');
    const late = (): Promise<number> => counted('kymo_ticks_late_total');

    test('a channel brings every tick, and through a restart of Grafana nothing is lost', async () => {
      await until('the Editor service account pushes', async () => (await pushed()) > 0);
      const listed = await (await fetch(`${kymo.url}/api/live/channels`)).json();
      expect(listed).toMatchObject({
        channels: expect.arrayContaining([
          { name: 'protocols_requests', expr: REQUESTS, interval: 1000, labels: {} },
        ]) as unknown,
        grafanas: [{ url: grafana.url, stream: 'kymo', error: null }],
      });
      const channel = new GrafanaChannel({
        url: grafana.url,
        authorization: viewer,
        channel: 'stream/kymo/protocols_requests',
      });
      channel.connect();
      await until('the channel brings frames', () => channel.times.length > 0);
      const start = channel.times[0];
      await until('a minute of frames', () => (channel.times.at(-1) ?? 0) >= start + MINUTE, 120);
      const minute = { start, end: start + MINUTE };
      const times = channel.times.filter((time) => time <= minute.end);
      expect(times).toEqual(await ticksOf(kymo.url, minute));
      const expected = await queryRange(kymo.url, REQUESTS, minute);
      for (const time of times) expect(channel.rows.get(time)).toEqual(expected.get(time));
      expect(await refused()).toBe(0);

      const lateBefore = await late();
      const failuresBefore = await failures();
      grafana = await grafana.restart();
      const back = Date.now();
      let count = await pushed();
      const more = async (): Promise<boolean> => (await pushed()) > count;
      await until('pushing resumes by itself', more, 10);
      const resumed = Date.now();
      expect(await failures()).toBeGreaterThan(failuresBefore);
      expect(channel.isConnected).toBe(false);
      // The subscriber takes longer to come back: Grafana has the newest frame for it, and no other.
      for (let i = 0; i < 2; i++) {
        count = await pushed();
        await until('the next tick is pushed', more);
      }
      channel.connect();
      await until(
        'the subscriber gets frames again',
        () => (channel.times.at(-1) ?? 0) > resumed + 3000,
      );
      const end = channel.times.at(-1) ?? 0;
      channel.close();
      expect(await late()).toBe(lateBefore);
      expect(channel.error).toBeUndefined();

      // What it missed, as the plugin asks for it: from the last time before the hole on.
      const ticks = await ticksOf(kymo.url, { start, end });
      const hole = ticks.find((time) => !channel.rows.has(time)) ?? end;
      const last = channel.times.findLast((time) => time < hole) ?? start;
      const client = await LiveClient.connect(kymo.url);
      await client.subscribe('missed', REQUESTS, last);
      await client.until(() => client.frames('missed').some(({ time }) => time >= end));
      const joined = new Map(channel.rows);
      for (const { time, row } of client.frames('missed')) {
        if (time <= end && !joined.has(time)) joined.set(time, new Map(row));
      }
      const had = ticks.filter((time) => !channel.rows.has(time)).length;
      expect(had).toBeGreaterThan(0);
      expect([...joined.keys()].sort((a, b) => a - b)).toEqual(ticks);
      expect(client.missed('missed')).toEqual([]);
      expect(joined).toEqual(await queryRange(kymo.url, REQUESTS, { start, end }));
      await client.close();
      process.stdout.write(
        `Grafana Live: ${times.length} ticks of a minute; after the restart of Grafana ` +
          `${(await failures()) - failuresBefore} failed pushes, pushing again ` +
          `${((resumed - back) / 1000).toFixed(1)} s after Grafana answered, ` +
          `${had} ticks had from the exporter\n`,
      );
    });

    test("the WebSocket works through Grafana's data source proxy as Viewer", async () => {
      const url = `${grafana.url}/api/datasources/proxy/uid/exporter`;
      const headers = { authorization: viewer };
      const client = await LiveClient.connect(url, { headers });
      await client.subscribe('requests', REQUESTS, Date.now() - 5000);
      await client.until(() => client.frames('requests').length >= 10);
      const frames = client.frames('requests').slice(0, 10);
      const range = { start: frames[0].time, end: frames[9].time };
      expect(frames.map(({ time }) => time)).toEqual(await ticksOf(kymo.url, range));
      expect(new Map(frames.map(({ time, row }) => [time, row]))).toEqual(
        await queryRange(kymo.url, REQUESTS, range),
      );
      await client.close();
      await expect(LiveClient.connect(url)).rejects.toThrow('401');
    });
  },
);
