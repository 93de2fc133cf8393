import { EventEmitter, once } from 'node:events';
import {
  Agent,
  createServer,
  get,
  type IncomingMessage,
  request,
  type RequestListener,
  Server,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.js';
import { cleanUp, listen, measure } from './measured.js';

const ERRORS = 'kymo_connection_errors_total';
const CONNECTIONS = 'kymo_connections';
const OPENED = 'kymo_connections_opened_total';
const ACTIVE = 'http_server_active_requests';
const HTTP1 = { protocol: 'http1' };

async function fetchText(port: number, path = '/', agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', agent: agent ?? false }, (response) => {
      resolve(text(response));
    }).on('error', reject);
  });
}

async function text(message: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of message) body += String(chunk);
  return body;
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  cleanUp(() => socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

type Emit = (this: Server, name: string, ...args: unknown[]) => boolean;

const answer: RequestListener = (_request, response) => response.end('hello');

describe('HTTP/1.1', () => {
  test('counts each request once with method, status and version', async () => {
    const { requests, writer } = measure();
    const port = await listen(
      createServer((incoming, response) => {
        response.statusCode = incoming.url === '/missing' ? 404 : 200;
        response.end('hello');
      }),
    );
    await fetchText(port, '/a?x=1');
    await fetchText(port, '/b');
    await fetchText(port, '/missing');
    const labels = {
      protocol: 'http1',
      http_request_method: 'GET',
      http_route: '',
      network_protocol_version: '1.1',
      error_type: '',
    };
    expect(await requests({ ...labels, http_response_status_code: '200' })).toBe(2);
    expect(await requests({ ...labels, http_response_status_code: '404' })).toBe(1);
    expect(await requests()).toBe(3);
    expect([...writer.samples.keys()].some((key) => key.includes('missing'))).toBe(false);
  });

  test('records durations in classic and in exponential buckets', async () => {
    const { requests, writer } = measure();
    const port = await listen(
      createServer((_request, response) => setTimeout(() => response.end(), 30)),
    );
    await fetchText(port);
    expect(await requests()).toBe(1);
    const name = 'http_server_request_duration_seconds';
    expect(writer.sum(`${name}_sum`)).toBeGreaterThan(0.028);
    expect(writer.sum(`${name}_bucket`, { le: '0.025' })).toBe(0);
    expect(writer.sum(`${name}_bucket`, { le: '+Inf' })).toBe(1);
    const bounds = [...writer.samples.keys()].flatMap(
      (key) => new RegExp(`^${name}_bucket.*le="([^"]+)"`).exec(key)?.[1] ?? [],
    );
    expect(bounds.join(' ')).toBe(
      '0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 +Inf',
    );
    const [[series, histogram]] = [...writer.histograms];
    expect(series.startsWith(`${name}{`)).toBe(true);
    expect(histogram.count).toBe(1);
    expect(histogram.sum).toBeCloseTo(writer.sum(`${name}_sum`) ?? 0, 9);
  });

  test('counts a connection that serves many requests once', async () => {
    const { requests, read, until } = measure();
    const port = await listen(createServer(answer));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 20; i++) await fetchText(port, '/', agent);
    expect(await requests(HTTP1)).toBe(20);
    expect(await read(OPENED, HTTP1)).toBe(1);
    expect(await read(CONNECTIONS, { ...HTTP1, state: 'idle' })).toBe(1);
    expect(await read('kymo_connection_health', { health: 'healthy' })).toBe(1);
    agent.destroy();
    await until(CONNECTIONS, HTTP1, 0);
    expect(await read(ERRORS)).toBe(0);
  });

  test('tells active connections and requests from idle ones', async () => {
    const { read, until } = measure();
    const finish = new EventEmitter();
    const port = await listen(
      createServer((_request, response) => finish.once('now', () => response.end())),
    );
    const pending = [fetchText(port), fetchText(port)];
    await until(ACTIVE, { http_request_method: 'GET', ...HTTP1 }, 2);
    expect(await read(CONNECTIONS, { ...HTTP1, state: 'active' })).toBe(2);
    finish.emit('now');
    await Promise.all(pending);
    await until(ACTIVE, {}, 0);
  });

  test('counts a connection that has said nothing', async () => {
    const { read, until } = measure();
    const port = await listen(createServer(answer));
    const socket = await open(port);
    await until(CONNECTIONS, { ...HTTP1, state: 'idle' }, 1);
    expect(await read(OPENED, HTTP1)).toBe(1);
    socket.destroy();
    await until(CONNECTIONS, {}, 0);
    expect(await read(OPENED, HTTP1)).toBe(1);
  });

  test('counts pipelined requests with the sizes of their answers', async () => {
    const { requests, read, until } = measure();
    const port = await listen(
      createServer((incoming, response) => {
        // Chunked, and the first takes longest.
        response.write('x'.repeat(Number(incoming.url?.slice(1))));
        setTimeout(() => response.end(), incoming.url === '/3000' ? 30 : 0);
      }),
    );
    const socket = await open(port);
    for (const path of ['/3000', '/20000', '/100']) {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    }
    socket.resume();
    await until('http_server_request_duration_seconds_count', HTTP1, 3);
    expect(await requests({ http_response_status_code: '200' })).toBe(3);
    const size = 'http_server_response_body_size_bytes';
    expect(await read(`${size}_bucket`, { le: '256' })).toBe(1);
    expect(await read(`${size}_bucket`, { le: '4096' })).toBe(2);
    expect(await read(`${size}_bucket`, { le: '65536' })).toBe(3);
    const sum = await read(`${size}_sum`);
    // The framing of chunks takes a few bytes.
    expect(sum).toBeGreaterThanOrEqual(23_100);
    expect(sum).toBeLessThan(23_200);
  });

  test.each([
    ['by length', { 'content-length': '5000' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('measures bodies sent %s', async (_how, headers) => {
    const { requests, read } = measure();
    const port = await listen(
      createServer((incoming, response) => {
        incoming.on('data', () => undefined).on('end', () => response.end('y'.repeat(70)));
      }),
    );
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST', headers });
    outgoing.write(Buffer.alloc(2000));
    outgoing.end(Buffer.alloc(3000));
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(await text(response)).toHaveLength(70);
    expect(await requests({ http_request_method: 'POST' })).toBe(1);
    expect(await read('http_server_request_body_size_bytes_sum')).toBe(5000);
    expect(await read('http_server_response_body_size_bytes_sum')).toBe(70);
  });

  test('counts no body where none is sent', async () => {
    const { requests, read } = measure();
    const port = await listen(
      createServer((_request, response) => response.writeHead(200, { 'content-length': 9 }).end()),
    );
    const outgoing = request({ port, host: '127.0.0.1', method: 'HEAD' }).end();
    await once(outgoing, 'response');
    expect(await requests({ http_request_method: 'HEAD' })).toBe(1);
    expect(await read('http_server_response_body_size_bytes_count')).toBe(1);
    expect(await read('http_server_response_body_size_bytes_sum')).toBe(0);
  });

  test('tells HTTP/1.0 and unusual methods', async () => {
    const { until } = measure();
    const port = await listen(createServer(answer));
    (await open(port)).write('GET / HTTP/1.0\r\n\r\n');
    (await open(port)).write('PROPFIND / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const count = 'http_server_request_duration_seconds_count';
    await until(count, { network_protocol_version: '1.0', http_request_method: 'GET' }, 1);
    await until(count, { network_protocol_version: '1.1', http_request_method: '_OTHER' }, 1);
  });

  test('names a status of the server as the type of error, and only that', async () => {
    const { requests, read } = measure();
    const port = await listen(
      createServer((incoming, response) => {
        response.statusCode = Number(incoming.url?.slice(1));
        response.end();
      }),
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await fetchText(port, '/404', agent);
    expect(await requests({ http_response_status_code: '404', error_type: '' })).toBe(1);
    expect(await read('kymo_connection_health', { health: 'healthy' })).toBe(1);
    await fetchText(port, '/503', agent);
    expect(await requests({ http_response_status_code: '503', error_type: '503' })).toBe(1);
    expect(await read('kymo_connection_health', { health: 'error' })).toBe(1);
    await fetchText(port, '/200', agent);
    expect(await read('kymo_connection_health', { health: 'healthy' })).toBe(1);
    agent.destroy();
  });

  test('counts an aborted upload, and its connection, as aborted', async () => {
    const { until, requests, read } = measure();
    const port = await listen(createServer((incoming) => incoming.resume()));
    const socket = await open(port);
    socket.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc');
    await until(ACTIVE, {}, 1);
    socket.end();
    await until(ACTIVE, {}, 0);
    expect(await requests({ error_type: 'aborted', http_response_status_code: '' })).toBe(1);
    expect(await read(ERRORS, { ...HTTP1, reason: 'aborted' })).toBe(1);
    expect(await read(ERRORS)).toBe(1);
    expect(await read('http_server_request_body_size_bytes_count')).toBe(0);
    expect(await read(CONNECTIONS)).toBe(0);
  });

  test('keeps the status of an answer that was cut off', async () => {
    const { until, requests, read } = measure();
    const port = await listen(
      createServer((_request, response) => {
        response.writeHead(206);
        response.write('a beginning');
      }),
    );
    const socket = await open(port);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    socket.resetAndDestroy();
    await until(ACTIVE, {}, 0);
    expect(await requests({ http_response_status_code: '206', error_type: 'reset' })).toBe(1);
    expect(await read(ERRORS, { ...HTTP1, reason: 'reset' })).toBe(1);
    expect(await read(ERRORS)).toBe(1);
  });

  test('ends all exchanges of a pipeline that is cut off', async () => {
    const { until, requests, read } = measure();
    const port = await listen(createServer(() => undefined));
    const socket = await open(port);
    socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(ACTIVE, {}, 2);
    socket.destroy();
    await until(ACTIVE, {}, 0);
    expect(await requests({ error_type: 'aborted' })).toBe(2);
    expect(await read(ERRORS, { reason: 'aborted' })).toBe(1);
  });

  test('counts what is not HTTP as a parse error', async () => {
    const { until, requests, read } = measure();
    const port = await listen(createServer(answer));
    const socket = await open(port);
    socket.write('This is not HTTP at all\r\n\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    // The server's own answer is as without instrumentation.
    expect(data.toString()).toMatch(/^HTTP\/1\.1 400 /);
    await until(ERRORS, { ...HTTP1, reason: 'parse' }, 1);
    expect(await read(ERRORS)).toBe(1);
    expect(await requests()).toBe(0);
  });

  test('warns of a connection whose first request is about to be too late', async () => {
    const clock = new ManualClock();
    const { until, read } = measure({ clock });
    const port = await listen(createServer({ headersTimeout: 60_000 }, answer));
    (await open(port)).write('GET / HTTP/1.1\r\nHost:');
    await until('kymo_connection_health', { ...HTTP1, health: 'healthy' }, 1);
    clock.advance(47_000);
    expect(await read('kymo_connection_health', { health: 'warning' })).toBe(0);
    clock.advance(2000);
    expect(await read('kymo_connection_health', { ...HTTP1, health: 'warning' })).toBe(1);
  });

  test('warns of a request whose body is about to be too late', async () => {
    const clock = new ManualClock();
    const { until, read } = measure({ clock, slow: 1_000_000 });
    const port = await listen(createServer({ requestTimeout: 300_000 }, (r) => r.resume()));
    (await open(port)).write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n');
    await until(ACTIVE, {}, 1);
    clock.advance(230_000);
    expect(await read('kymo_connection_health', { health: 'warning' })).toBe(0);
    clock.advance(20_000);
    expect(await read('kymo_connection_health', { ...HTTP1, health: 'warning' })).toBe(1);
  });

  test('counts a head that does not come in time as a timeout', async () => {
    const { until, read } = measure();
    const server = createServer(
      { headersTimeout: 200, requestTimeout: 200, connectionsCheckingInterval: 50 },
      answer,
    );
    const socket = await open(await listen(server));
    socket.write('GET / HTTP/1.1\r\nHost:');
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 408 /);
    await until(ERRORS, { ...HTTP1, reason: 'timeout' }, 1);
    expect(await read(ERRORS)).toBe(1);
  });

  test('counts a body that does not come in time as a timeout', async () => {
    const { until, requests } = measure();
    const server = createServer(
      { requestTimeout: 400, headersTimeout: 400, connectionsCheckingInterval: 50 },
      (incoming) => incoming.resume(),
    );
    const socket = await open(await listen(server));
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n');
    await until(ERRORS, { ...HTTP1, reason: 'timeout' }, 1);
    await until(ACTIVE, {}, 0);
    expect(await requests({ error_type: 'timeout' })).toBe(1);
  });

  test('counts an exchange that the timeout of its socket ends, and no idle connection', async () => {
    const { until, requests, read } = measure();
    const server = createServer(() => undefined);
    server.timeout = 100;
    const port = await listen(server);
    (await open(port)).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(ERRORS, { ...HTTP1, reason: 'timeout' }, 1);
    expect(await requests({ error_type: 'timeout' })).toBe(1);
    const idle = await open(port);
    await once(idle, 'close');
    await until(CONNECTIONS, {}, 0);
    expect(await read(ERRORS)).toBe(1);
  });

  test('warns of an exchange that is slow, but not of a stream', async () => {
    const clock = new ManualClock();
    const { until, read } = measure({ clock, slow: 1000 });
    const finish = new EventEmitter();
    const port = await listen(
      createServer((incoming, response) => {
        if (incoming.url === '/stream') response.write('data: begin\n\n');
        finish.once('now', () => response.end());
      }),
    );
    const health = (): Promise<number> => read('kymo_connection_health', { health: 'warning' });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const slow = fetchText(port, '/slow', agent);
    await until(ACTIVE, {}, 1);
    expect(await health()).toBe(0);
    clock.advance(1001);
    expect(await health()).toBe(1);
    finish.emit('now');
    await slow;
    expect(await health()).toBe(1);
    agent.destroy();
    await until(CONNECTIONS, {}, 0);

    const other = new Agent({ keepAlive: true, maxSockets: 1 });
    const stream = fetchText(port, '/stream', other);
    await until(ACTIVE, {}, 1);
    clock.advance(5000);
    expect(await health()).toBe(0);
    finish.emit('now');
    await stream;
    expect(await health()).toBe(0);
    expect(await read(CONNECTIONS)).toBe(1);
    other.destroy();
  });

  test('counts a refused upgrade to nothing known as an exchange of HTTP/1', async () => {
    const { until, read } = measure();
    const server = createServer(answer);
    server.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n');
    });
    const socket = await open(await listen(server));
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    const count = 'http_server_request_duration_seconds_count';
    await until(count, { ...HTTP1, http_response_status_code: '426' }, 1);
    await until(CONNECTIONS, {}, 0);
    expect(await read(OPENED, HTTP1)).toBe(1);
    expect(await read(ERRORS)).toBe(0);
  });

  test('serves an upgrade request as an ordinary one where nobody listens for it', async () => {
    const { until } = measure();
    const socket = await open(await listen(createServer(answer)));
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const count = 'http_server_request_duration_seconds_count';
    await until(count, { ...HTTP1, http_response_status_code: '200' }, 1);
  });

  test('counts CONNECT with the status that its handler answers', async () => {
    const { until } = measure();
    const server = createServer(answer);
    server.on('connect', (_request, socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.on('end', () => socket.end()).resume();
    });
    (await open(await listen(server))).write('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n');
    await until(
      'http_server_request_duration_seconds_count',
      { ...HTTP1, http_request_method: 'CONNECT', http_response_status_code: '200' },
      1,
    );
  });
});

describe('instrumentHttp', () => {
  test('sees servers and connections that were there before', async () => {
    const port = await listen(createServer(answer));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await fetchText(port, '/', agent);
    const { requests, read } = measure();
    await fetchText(port, '/', agent);
    expect(await requests(HTTP1)).toBe(1);
    expect(await read(CONNECTIONS, HTTP1)).toBe(1);
    expect(await read(OPENED, HTTP1)).toBe(1);
    agent.destroy();
  });

  test('leaves out servers that it is told to ignore', async () => {
    const { instrumentation, requests, read } = measure();
    const own = createServer(answer);
    instrumentation.ignore(own);
    const ownPort = await listen(own);
    const otherPort = await listen(createServer(answer));
    await fetchText(ownPort);
    await fetchText(otherPort);
    expect(await requests()).toBe(1);
    expect(await read(OPENED)).toBe(1);
  });

  test('gives Node its classes back when it is closed', async () => {
    const before = Object.getOwnPropertyNames(Server.prototype);
    const { instrumentation, requests } = measure();
    expect(Object.getOwnPropertyNames(Server.prototype)).toContain('emit');
    instrumentation.close();
    expect(Object.getOwnPropertyNames(Server.prototype)).toEqual(before);
    await fetchText(await listen(createServer(answer)));
    expect(await requests()).toBe(0);
  });

  test('lives with others that wrap the same method, in any order', async () => {
    const seen: string[] = [];
    // As tracing agents do: replace the method, and put the one before back if nobody came since.
    const wrap = (label: string): (() => void) => {
      const before = Reflect.get(Server.prototype, 'emit') as Emit;
      const wrapper: Emit = function (name, ...args) {
        if (name === 'connection') seen.push(label);
        return before.call(this, name, ...args);
      };
      Server.prototype.emit = wrapper as Server['emit'];
      return () => {
        if (Reflect.get(Server.prototype, 'emit') === wrapper) {
          Server.prototype.emit = before as Server['emit'];
        }
      };
    };
    const unwrapInner = wrap('inner');
    const { instrumentation, read, requests } = measure();
    const unwrapOuter = wrap('outer');
    const port = await listen(createServer(answer));
    await fetchText(port);
    expect(seen).toEqual(['outer', 'inner']);
    expect(await read(OPENED)).toBe(1);

    instrumentation.close();
    await fetchText(port);
    expect(seen).toHaveLength(4);
    expect(await requests()).toBe(1);

    unwrapOuter();
    await fetchText(port);
    expect(seen).toHaveLength(5);
    unwrapInner();
    Reflect.deleteProperty(Server.prototype, 'emit');
    await fetchText(port);
    expect(seen).toHaveLength(5);
  });

  test('lets two of them measure the same server', async () => {
    const first = measure();
    const second = measure();
    await fetchText(await listen(createServer(answer)));
    expect(await first.requests()).toBe(1);
    expect(await second.requests()).toBe(1);
    first.instrumentation.close();
    await fetchText(await listen(createServer(answer)));
    expect(await first.requests()).toBe(1);
    expect(await second.requests()).toBe(2);
  });

  test('bounds its label sets and keeps the total', async () => {
    const { requests } = measure({ maxLabelSets: 3, route: (incoming) => incoming.url });
    const port = await listen(createServer(answer));
    for (let i = 0; i < 10; i++) await fetchText(port, `/user/${i}`);
    expect(await requests()).toBe(10);
    expect(await requests({ http_route: '/user/2' })).toBe(1);
    expect(await requests({ http_route: '/user/3' })).toBe(0);
    expect(await requests({ http_route: '_OTHER', http_request_method: '_OTHER' })).toBe(7);
  });

  test('does no harm to a server when it fails itself, but says so', async () => {
    const { instrumentation, writer } = measure({
      route: () => {
        throw new Error('no such router');
      },
    });
    const port = await listen(createServer(answer));
    expect(await fetchText(port)).toBe('hello');
    const context = { time: 0, writer, signal: new AbortController().signal };
    expect(() => instrumentation.source.collect(context)).toThrow('no such router');
    expect(() => instrumentation.source.collect(context)).not.toThrow();
  });

  test('writes the same series again after they have timed out', async () => {
    const { requests, writer } = measure();
    await fetchText(await listen(createServer(answer)));
    expect(await requests()).toBe(1);
    const before = [...writer.samples.keys()];
    writer.expire();
    expect(await requests()).toBe(1);
    expect([...writer.samples.keys()]).toEqual(before);
  });
});
