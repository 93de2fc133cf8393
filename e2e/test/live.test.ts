import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labelsKey, LiveClient, type Row } from './live-client.js';
import { queryRange, queryTicks } from './live-peer.js';
import { startKymo, until, type Running } from './processes.js';

const REQUESTS = 'sum by (protocol)(rate(http_server_request_duration_seconds_count[10s]))';

interface Vector {
  /** Unix milliseconds. */
  readonly time: number;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

/** An alert that fires for two seconds out of four. */
const rules = {
  groups: [
    {
      name: 'blinking',
      rules: [{ alert: 'Blinking', expr: 'kymo_build_info * 0 + time() % 4 >= 2' }],
    },
  ],
};

describe('live streams of the demo', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-rules-'));
  let kymo: Running;

  beforeAll(async () => {
    const file = path.join(folder, 'rules.yml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(rules));
    kymo = await startKymo('demo', '--rules', file);
    await until('there is traffic', async () => {
      const now = Date.now();
      return (await queryRange(kymo.url, REQUESTS, { start: now, end: now })).size > 0;
    });
  });

  afterAll(async () => {
    await kymo.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('bring every tick once, with the values of the Prometheus API; so does a resumed one', async () => {
    const first = await LiveClient.connect(kymo.url);
    await first.subscribe('requests', REQUESTS);
    await first.subscribeStream('alerts', 'alerts');
    await first.until(() => seconds(first) >= 10 && first.events('alerts').length >= 4);

    const frames = first.frames('requests');
    const range = { start: frames[0].time, end: frames[frames.length - 1].time };
    const times = frames.map(({ time }) => time);
    expect(rowsOf(frames)).toEqual(await queryTicks(kymo.url, REQUESTS, range));
    // A second in which the exporter was late is told.
    const all = times.concat(lateTimes(first, 'requests', range.end));
    expect(all.sort()).toEqual(everySecond(range));
    expect(first.errors).toEqual([]);

    const epoch = first.hello?.epoch ?? '';
    const second = await LiveClient.connect(kymo.url);
    expect(second.hello?.epoch).toBe(epoch);
    await second.subscribe('again', REQUESTS, { epoch, seq: frames[2].seq });
    await second.until(() => second.frames('again').some(({ time }) => time > range.end));
    const end = range.end + 1000;
    const again = second.frames('again').filter(({ time }) => time <= end);
    const told = again.map(({ time }) => time).concat(lateTimes(second, 'again', end));
    expect(told.sort()).toEqual(everySecond({ start: frames[2].time + 1000, end }));
    const values = await queryRange(kymo.url, REQUESTS, { start: again[0].time, end });
    for (const [time, row] of rowsOf(again)) expect([time, row]).toEqual([time, values.get(time)]);

    const transitions = first.events('alerts').map(({ event, from, to }) => [event, from, to]);
    expect(transitions.slice(0, 4)).toSatisfy(alternates);
    await Promise.all([first.close(), second.close()]);
  });

  test('tell what happens to the exporter itself', async () => {
    const client = await LiveClient.connect(kymo.url);
    await client.subscribeStream('events', 'events');
    expect((await fetch(`${kymo.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    await client.until(() => client.events('events').length > 0);
    expect(client.events('events')[0]).toEqual({ event: 'rules_reloaded', ok: true });
    await client.close();
  });

  test('agree with what a client that polls gets', async () => {
    const url = `${kymo.url}/api/metrics/current?expr=${encodeURIComponent(REQUESTS)}`;
    const answer = await fetch(url);
    const body = (await answer.json()) as Vector;
    const range = { start: body.time, end: body.time };
    const polledRow = body.data.result.map(
      ({ metric, value }) => [labelsKey(metric), Number(value[1])] as const,
    );
    const same = await queryRange(kymo.url, REQUESTS, range);
    expect(new Map(polledRow)).toEqual(same.get(body.time));
    const etag = answer.headers.get('etag') ?? '';
    let polled = await fetch(url, { headers: { 'if-none-match': etag } });
    while (polled.status === 304) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      polled = await fetch(url, { headers: { 'if-none-match': etag } });
    }
    expect(polled.status).toBe(200);
    expect(((await polled.json()) as { time: number }).time).toBeGreaterThan(body.time);
  });

  test('pass a reverse proxy', async () => {
    const { url, close } = await reverseProxy(kymo.url);
    const client = await LiveClient.connect(url);
    await client.subscribe('requests', REQUESTS);
    await client.until(() => client.frames('requests').length >= 3);
    const range = {
      start: client.frames('requests')[0].time,
      end: client.frames('requests')[2].time,
    };
    const got = client.frames('requests').slice(0, 3);
    expect(rowsOf(got)).toEqual(await queryTicks(kymo.url, REQUESTS, range));
    await client.close();
    await close();
  });

  test('tell who comes back that the exporter has been killed and started again', async () => {
    const client = await LiveClient.connect(kymo.url);
    await client.subscribe('requests', REQUESTS);
    await client.until(() => client.frames('requests').length >= 2);
    const epoch = client.hello?.epoch ?? '';
    kymo = await kymo.restart('SIGKILL');
    expect(await client.closed).toBe(1006);
    const last = client.frames('requests').at(-1)?.seq ?? 0;

    const back = await LiveClient.connect(kymo.url);
    expect(back.hello?.epoch).not.toBe(epoch);
    // A few seconds of the other run that are gone, however fast it is back.
    const from = last - 5;
    await back.subscribe('requests', REQUESTS, { epoch, seq: from });
    await back.until(() => back.frames('requests').length >= 2);
    // What this run has not collected is said to be lost, one by one; what it has is there.
    const [first] = back.frames('requests');
    const missed = back.missed('requests').filter((seq) => seq < first.seq);
    expect(missed).toEqual(
      everySecond({ start: (from + 1) * 1000, end: first.time - 1000 }).map(toSeq),
    );
    expect(missed).toContain(last);
    await back.close();
  });
});

/** Frames by their time; that one comes twice shows in their number. */
function rowsOf(frames: readonly { readonly time: number; readonly row: Row }[]): Map<number, Row> {
  const rows = new Map(frames.map(({ time, row }) => [time, row]));
  expect(rows.size).toBe(frames.length);
  return rows;
}

const toSeq = (time: number): number => time / 1000;

function seconds(client: LiveClient): number {
  const frames = client.frames('requests');
  return frames.length === 0 ? 0 : (frames[frames.length - 1].time - frames[0].time) / 1000;
}

/** The times up to `end` that a client was told to have no frame. */
function lateTimes(client: LiveClient, id: string, end: number): number[] {
  return client
    .missed(id)
    .map((seq) => seq * 1000)
    .filter((time) => time <= end);
}

function everySecond({ start, end }: { start: number; end: number }): number[] {
  return Array.from({ length: (end - start) / 1000 + 1 }, (_, i) => start + i * 1000);
}

function alternates(transitions: unknown[][]): boolean {
  return transitions.every(
    ([event, from, to], i) =>
      event === 'transition' && from !== to && (i === 0 || from === transitions[i - 1][2]),
  );
}

/** A reverse proxy as they commonly are: it makes requests of its own and joins upgraded connections. */
async function reverseProxy(
  target: string,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const { hostname, port } = new URL(target);
  const server: Server = createServer();
  server.on('upgrade', (from: IncomingMessage, client: Duplex, head: Buffer) => {
    const upstream = request({
      hostname,
      port,
      path: from.url,
      headers: { ...from.headers, host: `${hostname}:${port}`, 'x-forwarded-for': '192.0.2.1' },
    });
    upstream.on('upgrade', (answer, exporter, first) => {
      const headers = Object.entries(answer.headers).map(
        ([name, value]) => `${name}: ${String(value)}`,
      );
      client.write(['HTTP/1.1 101 Switching Protocols', ...headers, '', ''].join('\r\n'));
      client.write(first);
      exporter.write(head);
      exporter.pipe(client).pipe(exporter);
      for (const stream of [client, exporter]) stream.on('error', () => client.destroy());
    });
    upstream.on('response', ({ statusCode }) =>
      client.end(`HTTP/1.1 ${statusCode ?? 502} No\r\n\r\n`),
    );
    upstream.on('error', () => client.destroy());
    upstream.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
