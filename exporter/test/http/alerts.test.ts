import { describe, expect, test } from 'vitest';
import { alerts, live, raw, serve } from './serve.js';

const json = { 'content-type': 'application/json' };

describe('alerts', () => {
  test('are listed, with their past', async () => {
    const { url } = await serve({ alerts });
    expect(await (await fetch(`${url}/api/alerts`)).json()).toEqual({
      alerts: [{ fingerprint: 'ab' }],
    });
    const past = `${url}/api/alerts/history?start=1&end=1970-01-01T00:00:02Z&limit=5&fingerprint=ab`;
    expect(await (await fetch(past)).json()).toEqual({
      events: [{ start: 1000, end: 2000, fingerprint: 'ab', limit: 5 }],
    });
    const wrong = await fetch(`${url}/api/alerts/history?start=soon`);
    expect([wrong.status, await wrong.json()]).toEqual([
      400,
      expect.objectContaining({ errorType: 'bad_data' }),
    ]);
  });

  test('are counted without being listed', async () => {
    const { url } = await serve({ alerts });
    const answer = await fetch(`${url}/api/alerts/summary`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({ total: 0, counts: [] });
    expect((await fetch(`${url}/api/alerts/summary`, { method: 'POST' })).status).toBe(405);
  });

  test('are acknowledged, and that is taken back', async () => {
    const { url } = await serve({ alerts });
    const path = `${url}/api/alerts/ab/acknowledge`;
    const post = (body: unknown, to = path): Promise<Response> =>
      fetch(to, { method: 'POST', headers: json, body: JSON.stringify(body) });
    expect(await (await post({ by: 'ada' })).json()).toEqual({
      fingerprint: 'ab',
      acknowledgement: { by: 'ada', comment: '' },
    });
    expect(await (await post({ by: 'ada', comment: 'x', until: 12 })).json()).toEqual({
      fingerprint: 'ab',
      acknowledgement: { by: 'ada', comment: 'x', until: 12_000 },
    });
    const gone = await fetch(`${path}?by=bob`, { method: 'DELETE' });
    expect(await gone.json()).toEqual({ fingerprint: 'ab', by: 'bob' });
  });

  test.each([
    [{}, 400, 'by'],
    [{ by: ' ' }, 400, 'by'],
    [{ by: 'ada', until: 'tomorrow' }, 400, 'until'],
    [{ by: 'ada', forever: true }, 400, 'forever'],
  ])('%j is refused with what is wrong', async (body, status, named) => {
    const { url } = await serve({ alerts });
    const answer = await fetch(`${url}/api/alerts/ab/acknowledge`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { error: string }).error).toContain(named);
  });

  test('that there are not are answered 404', async () => {
    const { url } = await serve({ alerts });
    const answer = await fetch(`${url}/api/alerts/none/acknowledge`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ by: 'ada' }),
    });
    expect(answer.status).toBe(404);
  });
});

test('channels of Grafana Live are listed', async () => {
  const { url } = await serve({ live });
  expect(await (await fetch(`${url}/api/live/channels`)).json()).toEqual({
    channels: [{ name: 'host_load' }],
    grafanas: [],
  });
});

describe('requests for a WebSocket', () => {
  const ask = (path: string, ...headers: string[]): string =>
    [`GET ${path} HTTP/1.1`, 'Connection: Upgrade', 'Upgrade: websocket', ...headers, '', ''].join(
      '\r\n',
    );

  test('are handed to the live streams', async () => {
    const { port } = await serve({ live });
    expect(await raw(port, ask('/api/live?x=1', `Host: 127.0.0.1:${port}`))).toContain(' 101 ');
  });

  test.each([
    ['elsewhere', '/api/other', 'Host: 127.0.0.1', ' 404 '],
    ['for another name', '/api/live', 'Host: evil.example', ' 403 '],
    ['of another origin', '/api/live', 'Host: 127.0.0.1\r\nOrigin: http://evil.example', ' 403 '],
  ])('%s are refused', async (_what, path, header, status) => {
    const { port } = await serve({ live });
    const answer = await raw(port, ask(path, header));
    expect(answer).toContain(status);
    expect(answer).toContain('"status":"error"');
  });

  test('are what the address is for', async () => {
    const { url } = await serve({ live });
    const answer = await fetch(`${url}/api/live`);
    expect([answer.status, answer.headers.get('upgrade')]).toEqual([426, 'websocket']);
  });
});
