import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ErrorBody } from '@kymo/contract';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { KymoError } from '../../src/lib/errors.js';
import { raw, serve, type Served } from './serve.js';

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** A request whose headers are sent as given, `Host` among them. */
function ask(
  { port }: Served,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, path, method, headers, host: '127.0.0.1' }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

const errorOf = (answer: Answer): ErrorBody => JSON.parse(answer.body) as ErrorBody;

describe('every answer', () => {
  test('carries the headers that keep browsers from doing harm, and does not say what serves it', async () => {
    const served = await serve();
    for (const path of ['/', '/metrics', '/nope']) {
      const { headers } = await ask(served, path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("default-src 'none'") as string,
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  test('to a path that is not there is a JSON error', async () => {
    const answer = await ask(await serve(), '/nope/..%2f');
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toMatchObject({ status: 'error', errorType: 'not_found' });
  });

  test('to a path that cannot be decoded is 400', async () => {
    const api = (): Promise<never> => Promise.reject(new Error('not reached'));
    const prometheus = {
      operations: {},
      labelValues: api,
      federate: api,
      write: () => api as never,
    };
    const served = await serve({ prometheus });
    const answer = await ask(served, '/api/v1/label/%E0%A4%A/values');
    expect([answer.status, errorOf(answer).errorType]).toEqual([400, 'bad_data']);
    expect(served.errors).toEqual([]);
  });

  test('to what fails unexpectedly is 500 without its message or stack, which is reported', async () => {
    const served = await serve({
      stats: () => {
        throw new Error('secret detail');
      },
      metrics: () => Promise.reject(new KymoError('odd', 'another detail')),
    });
    for (const path of ['/api/stats', '/metrics']) {
      const answer = await ask(served, path);
      expect([answer.status, errorOf(answer).errorType]).toEqual([500, 'internal']);
      expect(answer.body).not.toMatch(/detail|at .*\.ts/);
    }
    expect(served.errors.map((thrown) => (thrown as Error).message)).toEqual([
      'secret detail',
      'another detail',
    ]);
  });
});

describe('the Host header', () => {
  test.each(['localhost', 'LOCALHOST:9797', '127.0.0.1', '127.0.0.1:1', '[::1]:9797', '10.1.2.3'])(
    'may be %s',
    async (host) => {
      expect((await ask(await serve(), '/metrics', { headers: { host } })).status).toBe(200);
    },
  );

  test.each(['evil.example', 'localhost.evil.example:9797', '127.0.0.1.evil.example'])(
    'may not be "%s", so that no name can be rebound to this address',
    async (host) => {
      const served = await serve();
      const answer = await ask(served, '/metrics', { headers: { host } });
      expect([answer.status, errorOf(answer).errorType]).toEqual([403, 'forbidden']);
      expect(answer.body).toContain('listen.hosts');
      expect(served.server.refused.get('host')).toBe(1);
    },
  );

  test('may be a configured name, or any where the setting says so', async () => {
    const named = await serve({}, { hosts: ['Kymo.example.com'] });
    const headers = { host: 'kymo.example.com:80' };
    expect((await ask(named, '/', { headers })).status).toBe(200);
    const any = await serve({}, { hosts: ['*'] });
    expect((await ask(any, '/', { headers: { host: 'whatever' } })).status).toBe(200);
  });

  test('may be missing in HTTP/1.0 only', async () => {
    const { port } = await serve();
    expect(await raw(port, 'GET /-/healthy HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
    const missing = await raw(port, 'GET /-/healthy HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(missing).toMatch(/^HTTP\/1.1 400 /);
    const empty = 'GET /-/healthy HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n';
    expect(await raw(port, empty)).toMatch(/^HTTP\/1.1 403 /);
  });
});

describe('the Origin header', () => {
  test('may be the page that this exporter serves', async () => {
    const served = await serve();
    const headers = { host: `localhost:${served.port}`, origin: `http://localhost:${served.port}` };
    expect((await ask(served, '/-/reload', { method: 'POST', headers })).status).toBe(200);
  });

  test.each(['http://evil.example', 'http://localhost:1', 'null', 'garbage', 'https://127.0.0.1'])(
    'may not be %s',
    async (origin) => {
      const served = await serve();
      for (const method of ['GET', 'POST']) {
        const answer = await ask(served, '/-/reload', { method, headers: { origin } });
        expect([answer.status, errorOf(answer).errorType]).toEqual([403, 'forbidden']);
      }
      expect(served.server.refused.get('origin')).toBe(2);
    },
  );
});

describe('writing', () => {
  const forwarding = {
    Forwarded: 'for=1.2.3.4',
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Host': 'localhost',
    'x-forwarded-anything': '',
    Via: '1.1 proxy',
    'X-Real-IP': '127.0.0.1',
  };

  test.each(Object.entries(forwarding))(
    'is refused where a proxy has handed it on (%s)',
    async (name, value) => {
      const served = await serve();
      const headers = { [name]: value };
      for (const [method, path] of [
        ['POST', '/-/reload'],
        ['POST', '/api/simulate'],
        ['DELETE', '/nope'],
      ]) {
        const answer = await ask(served, path, { method, headers });
        expect([path, answer.status, errorOf(answer).errorType]).toEqual([path, 403, 'forbidden']);
      }
      expect(served.server.refused.get('write')).toBe(3);
      expect((await ask(served, '/metrics', { headers })).status).toBe(200);
    },
  );

  test('is refused from another address than loopback', async () => {
    const own = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
    // A machine without a network has no other address to come from.
    if (own === undefined) return;
    const served = await serve({}, { host: own });
    const answer = await fetch(`http://${own}:${served.port}/-/reload`, { method: 'POST' });
    expect(answer.status).toBe(403);
    expect((await fetch(`http://${own}:${served.port}/metrics`)).status).toBe(200);
  });
});

describe('a body', () => {
  const send = (
    url: string,
    body: string,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${url}/api/simulate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  test('larger than the limit is 413', async () => {
    const { url, errors } = await serve();
    const answer = await send(url, JSON.stringify({ fault: 'x'.repeat(10_000), duration: '1s' }));
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ status: 'error', errorType: 'bad_data' });
    expect(errors).toEqual([]);
  });

  test.each([
    ['{"fault":', {}, 400],
    ['"text"', {}, 400],
    ['', {}, 400],
    ['{}', { 'content-type': 'application/json; charset=nope' }, 415],
    ['{}', { 'content-encoding': 'nope' }, 415],
    ['not gzip', { 'content-encoding': 'gzip' }, 400],
    ['fault=latency', { 'content-type': 'text/plain' }, 400],
  ])('%j with %j is %d', async (body, headers, status) => {
    const { url, errors } = await serve();
    const answer = await send(url, body, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ status: 'error', errorType: 'bad_data' });
    expect(errors).toEqual([]);
  });
});

describe('the rate limit', () => {
  test('answers 429 with the time to wait, apart by purpose, and refills', async () => {
    const clock = new ManualClock();
    const served = await serve({}, { rate: 2, clock });
    const status = async (path: string): Promise<number> => (await ask(served, path)).status;
    for (let i = 0; i < 20; i++) expect(await status('/api/stats')).toBe(200);
    const answer = await ask(served, '/api/health');
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('1');
    expect(errorOf(answer).errorType).toBe('too_many_requests');
    expect(served.server.refused.get('rate')).toBe(1);
    expect([await status('/metrics'), await status('/-/ready')]).toEqual([200, 200]);
    clock.advance(500);
    expect([await status('/api/stats'), await status('/api/stats')]).toEqual([200, 429]);
  });

  test('never stops a scraper that comes every second beside a flood', async () => {
    const clock = new ManualClock();
    const served = await serve({}, { rate: 1, clock });
    for (let second = 0; second < 30; second++) {
      for (let i = 0; i < 5; i++) await ask(served, '/api/stats');
      expect((await ask(served, '/metrics')).status).toBe(200);
      clock.advance(1000);
    }
    expect(served.server.refused.get('rate')).toBeGreaterThan(50);
  });
});

describe('connections', () => {
  test('that are not HTTP are answered 400 and closed', async () => {
    const { port, server } = await serve();
    const answer = await raw(port, 'SSH-2.0-nope\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1])).toMatchObject({ errorType: 'bad_data' });
    expect(server.refused.get('malformed')).toBe(1);
  });

  test('with headers past the limit are answered 431', async () => {
    const { port, server } = await serve();
    const answer = await raw(
      port,
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(server.refused.get('headers')).toBe(1);
  });

  test('that send their headers too slowly are answered 408 and closed', async () => {
    const { port, server } = await serve({}, { timeouts: { headers: 200, request: 400 } });
    const answer = await raw(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1])).toMatchObject({ errorType: 'timeout' });
    expect(server.refused.get('timeout')).toBe(1);
  });

  test('that send their body too slowly are closed', async () => {
    const { port } = await serve({}, { timeouts: { headers: 200, request: 400 } });
    const head =
      'POST /api/simulate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      'Content-Length: 100\r\n\r\n{';
    expect(await raw(port, head)).not.toMatch(/ 20\d /);
  });

  test('past the limit are closed at once and counted', async () => {
    const { port, server } = await serve({}, { maxConnections: 1 });
    const first = connect(port, '127.0.0.1');
    await new Promise((resolve) => first.on('connect', resolve));
    // The server sees the first before the second, which comes after it on the same port.
    expect(await raw(port, 'GET / HTTP/1.0\r\n\r\n').catch(() => '')).toBe('');
    expect(server.refused.get('connections')).toBe(1);
    first.destroy();
  });

  test('are answered to the end at the close, and kept ones do not hold it up', async () => {
    const asked = withResolver();
    const waiting = withResolver();
    const { port, server } = await serve({
      metrics: async () => {
        asked.resolve();
        await waiting.promise;
        return { status: 200, headers: {}, body: Buffer.from('whole') };
      },
    });
    const idle = connect(port, '127.0.0.1', () =>
      idle.write('GET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    );
    await new Promise((resolve) => idle.once('data', resolve));
    const running = raw(port, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await asked.promise;
    const closed = server.close(60_000);
    waiting.resolve();
    await closed;
    expect(await running).toContain('whole');
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  test('that do not end are cut after the grace', async () => {
    const asked = withResolver();
    const { port, server } = await serve({
      metrics: () => {
        asked.resolve();
        return new Promise(() => undefined);
      },
    });
    const running = raw(port, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n').catch(() => '');
    await asked.promise;
    await server.close(10);
    expect(await running).toBe('');
  });
});

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve: () => resolve() };
}

describe('listening', () => {
  test('on a port in use is refused with the setting and the remedy', async () => {
    const { port } = await serve();
    await expect(serve({}, { port })).rejects.toMatchObject({
      code: 'cannot_listen',
      message: expect.stringMatching(/in use.*listen\.port/) as string,
    });
  });

  test('on an address that this host does not have is refused with the setting', async () => {
    await expect(serve({}, { host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'cannot_listen',
      message: expect.stringContaining('listen.host') as string,
    });
  });
});
