import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cleanUp, listen, measure } from './measured.js';
import { CERTIFICATE } from './tls.js';

const COUNT = 'http_server_request_duration_seconds_count';
const ERRORS = 'kymo_connection_errors_total';
const ACTIVE = 'http_server_active_requests';
const HTTP2 = { protocol: 'http2' };

async function serve(server: Http2Server, scheme = 'http'): Promise<ClientHttp2Session> {
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  const port = await listen(server);
  cleanUp(() => {
    for (const session of sessions) session.destroy();
  });
  const client = connect(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false });
  client.on('error', () => undefined);
  cleanUp(() => client.destroy());
  return client;
}

/** Sends a request; answers its status and body. */
async function send(
  client: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: Buffer,
): Promise<{ status: number; body: string }> {
  const stream = client.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return { status: Number(head[':status']), body: text };
}

/** A stream whose errors do not matter. */
function begin(client: ClientHttp2Session, headers: OutgoingHttpHeaders): ClientHttp2Stream {
  const stream = client.request(headers);
  stream.on('error', () => undefined);
  return stream;
}

/** A server that never answers, and the streams it has got. */
function silentServer(): { server: Http2Server; streams: ServerHttp2Stream[] } {
  const server = createServer();
  const streams: ServerHttp2Stream[] = [];
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    streams.push(stream);
  });
  server.on('sessionError', () => undefined);
  return { server, streams };
}

/** A frame of HTTP/2; HEADERS are whole and end the request. */
function frame(type: number, stream: number, payload: Buffer): Buffer {
  const END_STREAM_AND_HEADERS = 0x5;
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = type === 1 ? END_STREAM_AND_HEADERS : 0;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

describe.each([
  ['in clear text', 'http'],
  ['over TLS', 'https'],
])('HTTP/2 %s', (_how, scheme) => {
  const make = (): Http2Server =>
    scheme === 'http' ? createServer() : createSecureServer(CERTIFICATE);

  test('counts each of many streams on one session once', async () => {
    const { read, requests, until } = measure();
    const server = make();
    server.on('stream', (stream, headers) => {
      stream.respond({ ':status': headers[':path'] === '/missing' ? 404 : 200 });
      stream.end('hello');
    });
    const client = await serve(server, scheme);
    await Promise.all(Array.from({ length: 60 }, () => send(client, { ':path': '/a' })));
    await send(client, { ':path': '/missing', ':method': 'DELETE' });
    await until(COUNT, HTTP2, 61);
    expect(
      await requests({
        ...HTTP2,
        http_request_method: 'GET',
        http_response_status_code: '200',
        network_protocol_version: '2',
        error_type: '',
      }),
    ).toBe(60);
    expect(
      await requests({ http_request_method: 'DELETE', http_response_status_code: '404' }),
    ).toBe(1);
    expect(await read('kymo_connections_opened_total', HTTP2)).toBe(1);
    expect(await read('kymo_connections', { ...HTTP2, state: 'idle' })).toBe(1);
    expect(await read(ACTIVE)).toBe(0);
    client.close();
    await until('kymo_connections', {}, 0);
    expect(await read('kymo_connections_opened_total')).toBe(1);
    expect(await read(ERRORS)).toBe(0);
  });

  test('measures the bodies of the compatible interface', async () => {
    const { until, read } = measure();
    const server = make();
    server.on('request', (request, response) => {
      request.on('data', () => undefined);
      request.on('end', () => {
        response.write(Buffer.alloc(20_000));
        response.end('é'.repeat(500));
      });
    });
    const client = await serve(server, scheme);
    await send(client, { ':method': 'POST', ':path': '/' }, Buffer.alloc(70_000));
    await until(COUNT, { ...HTTP2, http_request_method: 'POST' }, 1);
    expect(await read('http_server_request_body_size_bytes_sum')).toBe(70_000);
    expect(await read('http_server_response_body_size_bytes_sum')).toBe(21_000);
  });
});

describe('HTTP/2', () => {
  test('measures what is sent from a file, and nothing for HEAD', async () => {
    const { until, read } = measure();
    const server = createServer();
    const file = fileURLToPath(new URL('./fixtures/localhost-cert.pem', import.meta.url));
    server.on('stream', (stream, headers) => {
      if (headers[':method'] === 'HEAD') stream.respond({ ':status': 200, 'content-length': 99 });
      else stream.respondWithFile(file);
    });
    const client = await serve(server);
    const { body } = await send(client, { ':path': '/' });
    await until(COUNT, { http_request_method: 'GET' }, 1);
    expect(await read('http_server_response_body_size_bytes_sum')).toBe(body.length);
    await send(client, { ':method': 'HEAD', ':path': '/' });
    await until(COUNT, { http_request_method: 'HEAD' }, 1);
    expect(await read('http_server_response_body_size_bytes_sum')).toBe(body.length);
  });

  test('knows no more methods than there are', async () => {
    const { until, requests } = measure();
    const server = createServer((_request, response) => response.end());
    const client = await serve(server);
    for (let i = 0; i < 5; i++) await send(client, { ':method': `MADEUP${i}`, ':path': '/' });
    await until(COUNT, HTTP2, 5);
    expect(await requests({ http_request_method: '_OTHER' })).toBe(5);
  });

  test('counts a stream that its client cancels before the answer', async () => {
    const { until, requests, read } = measure();
    const { server } = silentServer();
    const client = await serve(server);
    const stream = begin(client, { ':path': '/' });
    await until(ACTIVE, HTTP2, 1);
    expect(await read('kymo_connections', { ...HTTP2, state: 'active' })).toBe(1);
    stream.close(constants.NGHTTP2_CANCEL);
    await until(ACTIVE, HTTP2, 0);
    expect(await requests({ error_type: 'aborted', http_response_status_code: '' })).toBe(1);
    expect(await read(ERRORS, { ...HTTP2, reason: 'aborted' })).toBe(1);
    expect(await read('kymo_connection_health', { ...HTTP2, health: 'error' })).toBe(1);
  });

  test('counts a stream that is reset in the packet that opens it', async () => {
    const { until, requests } = measure();
    const { server } = silentServer();
    const socket = connectTcp(await listen(server), '127.0.0.1');
    cleanUp(() => socket.destroy());
    socket.on('error', () => undefined).resume();
    const SETTINGS = 4;
    const HEADERS = 1;
    const RST_STREAM = 3;
    // By indices of HPACK's static table: GET, http, /, and the authority "a".
    const get = Buffer.of(0x82, 0x86, 0x84, 0x01, 1, 0x61);
    socket.write(
      Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        frame(SETTINGS, 0, Buffer.alloc(0)),
        frame(HEADERS, 1, get),
        frame(RST_STREAM, 1, Buffer.of(0, 0, 0, constants.NGHTTP2_CANCEL)),
      ]),
    );
    await until(COUNT, { ...HTTP2, error_type: 'aborted' }, 1);
    await until(ACTIVE, {}, 0);
    expect(await requests()).toBe(1);
  });

  test.each([
    ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR, 'reset'],
    ['PROTOCOL_ERROR', constants.NGHTTP2_PROTOCOL_ERROR, 'protocol'],
  ])('counts a stream that its server resets with %s', async (_name, code, reason) => {
    const { until, requests, read } = measure();
    const server = createServer();
    server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      stream.respond({ ':status': 200 });
      stream.write('a beginning');
      stream.once('drain', () => undefined);
      setImmediate(() => stream.close(code));
    });
    const client = await serve(server);
    begin(client, { ':path': '/' }).resume();
    await until(COUNT, HTTP2, 1);
    expect(await requests({ http_response_status_code: '200', error_type: reason })).toBe(1);
    expect(await read(ERRORS, { ...HTTP2, reason })).toBe(1);
    expect(await read('http_server_response_body_size_bytes_count')).toBe(0);
  });

  test('ends all streams of a client that vanishes', async () => {
    const { until, requests, read } = measure();
    const { server } = silentServer();
    const client = await serve(server);
    for (let i = 0; i < 5; i++) begin(client, { ':path': '/' });
    await until(ACTIVE, {}, 5);
    client.destroy();
    await until(ACTIVE, {}, 0);
    await until('kymo_connections', {}, 0);
    expect(await requests({ error_type: 'aborted' })).toBe(5);
    expect(await read(ERRORS)).toBeGreaterThan(0);
  });

  test('counts an error that the client tells with GOAWAY', async () => {
    const { until } = measure();
    const { server } = silentServer();
    const client = await serve(server);
    begin(client, { ':path': '/' });
    await until(ACTIVE, {}, 1);
    client.goaway(constants.NGHTTP2_PROTOCOL_ERROR);
    await until(ERRORS, { ...HTTP2, reason: 'protocol' }, 1);
  });

  test('counts a server that shuts a session down with GOAWAY as no failure', async () => {
    const { until, requests, read } = measure();
    const server = createServer();
    server.on('stream', (stream) => {
      stream.session?.close();
      stream.respond({ ':status': 200 });
      stream.end('last words');
    });
    const client = await serve(server);
    await send(client, { ':path': '/' });
    await until(COUNT, HTTP2, 1);
    await until('kymo_connections', {}, 0);
    expect(await requests({ error_type: '' })).toBe(1);
    expect(await read(ERRORS)).toBe(0);
  });

  test('counts a client that does not speak HTTP/2', async () => {
    const { until } = measure();
    const { server } = silentServer();
    const port = await listen(server);
    const socket = connectTcp(port, '127.0.0.1');
    cleanUp(() => socket.destroy());
    socket.on('error', () => undefined).resume();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(ERRORS, { ...HTTP2, reason: 'protocol' }, 1);
    await until('kymo_connections', {}, 0);
  });

  test('counts streams that the timeout of their session ends, and no idle session', async () => {
    const { until, requests, read } = measure();
    const { server } = silentServer();
    server.setTimeout(100);
    const client = await serve(server);
    begin(client, { ':path': '/' });
    await until(ERRORS, { ...HTTP2, reason: 'timeout' }, 1);
    await until(ACTIVE, {}, 0);
    expect(await requests({ error_type: 'timeout' })).toBe(1);
    const idle = connect(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
    cleanUp(() => idle.destroy());
    await once(idle, 'close');
    await until('kymo_connections', {}, 0);
    expect(await read(ERRORS)).toBe(1);
  });

  test('takes pushes for what they are', async () => {
    const { until, requests } = measure();
    const server = createServer();
    server.on('stream', (stream) => {
      stream.pushStream({ ':path': '/style.css' }, (error, push) => {
        if (error !== null) throw error;
        push.respond({ ':status': 200 });
        push.end('body {}');
        stream.respond({ ':status': 200 });
        stream.end('page');
      });
    });
    const client = await serve(server);
    const pushed = once(client, 'stream');
    await send(client, { ':path': '/' });
    const [push] = (await pushed) as [ClientHttp2Stream];
    await once(push.resume(), 'end');
    await until(COUNT, HTTP2, 1);
    expect(await requests()).toBe(1);
  });

  test('sees sessions that were there before', async () => {
    const server = createServer((_request, response) => response.end('hello'));
    const client = await serve(server);
    await send(client, { ':path': '/' });
    const { until, read } = measure();
    await send(client, { ':path': '/' });
    await until(COUNT, HTTP2, 1);
    expect(await read('kymo_connections', HTTP2)).toBe(1);
  });

  test('leaves out a server that it is told to ignore', async () => {
    const { instrumentation, read } = measure();
    const server = createServer((_request, response) => response.end('hello'));
    instrumentation.ignore(server);
    const client = await serve(server);
    await send(client, { ':path': '/' });
    expect(await read(COUNT)).toBe(0);
    expect(await read('kymo_connections')).toBe(0);
    expect(await read('kymo_connections_opened_total')).toBe(0);
  });

  test('gives Node its classes back when it is closed', async () => {
    const server = createServer();
    let stream: ServerHttp2Stream | undefined;
    server.on('stream', (opened) => {
      stream = opened;
      opened.respond();
      opened.end('hello');
    });
    const client = await serve(server);
    const ownNames = (): string[][] => [
      Object.getOwnPropertyNames(Object.getPrototypeOf(server)),
      Object.getOwnPropertyNames(Object.getPrototypeOf(stream ?? {})),
    ];
    await send(client, { ':path': '/' });
    const before = ownNames();
    const { instrumentation, until } = measure();
    await send(client, { ':path': '/' });
    await until(COUNT, {}, 1);
    expect(ownNames()).not.toEqual(before);
    instrumentation.close();
    expect(ownNames()).toEqual(before);
    expect((await send(client, { ':path': '/' })).body).toBe('hello');
  });
});
