import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GrafanaApi } from './grafana-api.js';
import { GrafanaChannel } from './grafana-live-client.js';
import { LiveClient, type Row } from './live-client.js';
import { queryRange, queryTicks } from './live-peer.js';
import { hasGrafana, startGrafana, startKymoWith, until, type Running } from './processes.js';
import { addUsers, asOwner, users } from './trusted-grafana.js';

/** The expression of the provided channel `protocols_requests`. */
const REQUESTS = 'sum by (protocol) (rate(http_server_request_duration_seconds_count[10s]))';
const MINUTE = 60_000;

const here = hasGrafana('the tests of live streams through a real Grafana');

describe.skipIf(!here)('live streams through a real Grafana', { timeout: 300_000 }, () => {
  let grafana: Running;
  let kymo: Running;
  let viewer: string;

  beforeAll(async () => {
    grafana = await startGrafana({});
    const api = new GrafanaApi(grafana.url);
    await addUsers(asOwner(grafana.url));
    viewer = users.Viewer.authorization;
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
    const brought = new Map([...channel.rows].filter(([time]) => time <= minute.end));
    expect(brought).toEqual(await queryTicks(kymo.url, REQUESTS, minute));
    expect(await refused()).toBe(0);

    const lateBefore = await late();
    const failuresBefore = await failures();
    // Away for some ticks: on a quiet machine it is back within one.
    grafana = await grafana.restart(undefined, undefined, 3000);
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
    // Other programs on the machine make ticks late as well: the number is told, and not judged.
    const lateTicks = (await late()) - lateBefore;
    expect(channel.error).toBeUndefined();

    // What it missed, as the plugin asks for it: from the last time before the hole on.
    const ticks = await queryTicks(kymo.url, REQUESTS, { start, end });
    const hole = [...ticks.keys()].filter((time) => !channel.rows.has(time));
    expect(hole.length).toBeGreaterThan(0);
    const last = channel.times.findLast((time) => time < hole[0]);
    const client = await LiveClient.connect(kymo.url);
    await client.subscribe('missed', REQUESTS, last);
    await client.until(() => client.frames('missed').some(({ time }) => time >= end));
    const missed = new Map(client.frames('missed').map(({ time, row }) => [time, row]));
    const joined = new Map<number, Row | undefined>(channel.rows);
    for (const time of hole) joined.set(time, missed.get(time));
    expect(joined).toEqual(ticks);
    await client.close();
    process.stdout.write(
      `Grafana Live: ${brought.size} ticks of a minute; after the restart of Grafana ` +
        `${(await failures()) - failuresBefore} failed pushes, pushing again ` +
        `${((resumed - back) / 1000).toFixed(1)} s after Grafana answered, ` +
        `${hole.length} ticks had from the exporter, ${lateTicks} ticks late\n`,
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
    // The first ones were missed, and are there also where the exporter was late.
    const expected = await queryRange(kymo.url, REQUESTS, range);
    for (const { time, row } of frames) expect([time, row]).toEqual([time, expected.get(time)]);
    const seqs = frames.map(({ seq }) => seq);
    expect([...seqs, ...client.missed('requests')].sort()).toEqual(
      Array.from({ length: 1 + seqs[9] - seqs[0] }, (_, i) => seqs[0] + i),
    );
    await client.close();
    await expect(LiveClient.connect(url)).rejects.toThrow('401');
  });
});
