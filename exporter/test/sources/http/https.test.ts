import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import { Agent, createServer, get } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { cleanUp, listen, measure } from './measured.js';
import { CERTIFICATE } from './tls.js';

async function fetchStatus(port: number, agent: Agent | false = false): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent, rejectUnauthorized: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', reject);
  });
}

describe('HTTPS', () => {
  test('counts requests and connections as those of HTTP/1', async () => {
    const { requests, read, until } = measure();
    const server = createServer(CERTIFICATE, (_request, response) => {
      response.write('x'.repeat(100));
      response.end('y'.repeat(100));
    });
    const port = await listen(server);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 3; i++) await fetchStatus(port, agent);
    expect(await requests({ protocol: 'http1', http_response_status_code: '200' })).toBe(3);
    expect(await read('kymo_connections_opened_total', { protocol: 'http1' })).toBe(1);
    const size = await read('http_server_response_body_size_bytes_sum');
    expect(size).toBeGreaterThanOrEqual(600);
    expect(size).toBeLessThan(700);
    agent.destroy();
    await until('kymo_connections', {}, 0);
    expect(await read('kymo_connection_errors_total')).toBe(0);
  });

  test('counts a connection that fails to become secure', async () => {
    const { read, until } = measure();
    const port = await listen(createServer(CERTIFICATE));
    const socket = connect(port, '127.0.0.1');
    cleanUp(() => socket.destroy());
    socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until('kymo_connection_errors_total', { protocol: 'http1', reason: 'tls' }, 1);
    expect(await read('kymo_connection_errors_total')).toBe(1);
    expect(await read('kymo_connections_opened_total')).toBe(0);
  });

  test('counts the HTTP/1 that a server of HTTP/2 also speaks', async () => {
    const { requests, read } = measure();
    const server = createSecureServer({ ...CERTIFICATE, allowHTTP1: true }, (_request, response) =>
      response.end('hello'),
    );
    const port = await listen(server);
    expect(await fetchStatus(port)).toBe(200);
    expect(await requests({ protocol: 'http1', network_protocol_version: '1.1' })).toBe(1);
    expect(await read('kymo_connections_opened_total', { protocol: 'http1' })).toBe(1);
    expect(await read('kymo_connections_opened_total')).toBe(1);
  });

  test('counts a client that speaks nothing that a server of HTTP/2 does', async () => {
    const { until } = measure();
    const port = await listen(createSecureServer({ ...CERTIFICATE, unknownProtocolTimeout: 10 }));
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    cleanUp(() => socket.destroy());
    socket.on('error', () => undefined).resume();
    await once(socket, 'close');
    await until('kymo_connection_errors_total', { protocol: 'http2', reason: 'protocol' }, 1);
  });
});
