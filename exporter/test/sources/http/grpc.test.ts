import {
  type ClientOptions,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type ServiceDefinition,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type {
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  ServerDuplexStream,
} from '@grpc/grpc-js';
import { connect } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.js';
import { isGrpc, parseMethodPath, parseTimeout } from '../../../src/sources/http/grpc.js';
import { cleanUp, measure } from './measured.js';

const CALLS = 'rpc_server_duration_seconds_count';
const COUNT = 'http_server_request_duration_seconds_count';
const GRPC = { protocol: 'grpc' };

const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/shop.v1.Orders/${name}`,
  requestStream,
  responseStream,
  requestSerialize: (value: string) => Buffer.from(value),
  requestDeserialize: (bytes: Buffer) => bytes.toString(),
  responseSerialize: (value: string) => Buffer.from(value),
  responseDeserialize: (bytes: Buffer) => bytes.toString(),
});

const definition = {
  Get: method('Get', false, false),
  Hang: method('Hang', false, false),
  Missing: method('Missing', false, false),
  Watch: method('Watch', false, true),
  Chat: method('Chat', true, true),
} satisfies ServiceDefinition;

const { Get, Hang, Watch, Chat } = definition;
const served = { Get, Hang, Watch, Chat };

const implementation: UntypedServiceImplementation = {
  Get(call: ServerUnaryCall<string, string>, callback: sendUnaryData<string>) {
    const code = Number(call.request);
    if (code === 0) callback(null, 'x'.repeat(1000));
    else callback({ code, details: 'no' });
  },
  Hang() {
    // Never answers.
  },
  Watch(call: ServerWritableStream<string, string>) {
    for (let i = 0; i < Number(call.request); i++) call.write(`event ${i}`);
    if (call.request !== '3') call.end();
  },
  Chat(call: ServerDuplexStream<string, string>) {
    call.on('data', (text: string) => call.write(text));
    call.on('end', () => call.end());
  },
};

type Unary = (
  request: string,
  metadata: Metadata,
  options: object,
  callback: (error: ServiceError | null, value?: string) => void,
) => { cancel(): void };

type Client = InstanceType<ServiceClientConstructor>;

async function serve(options: ClientOptions = {}): Promise<{ client: Client; port: number }> {
  const server = new Server();
  server.addService(served, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  cleanUp(() => server.forceShutdown());
  const Orders = makeGenericClientConstructor(definition, 'Orders');
  const client = new Orders(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  cleanUp(() => client.close());
  return { client, port };
}

async function call(client: Client, name: string, request = '0', options = {}): Promise<number> {
  return new Promise((resolve) => {
    const unary = client[name] as unknown as Unary;
    unary.call(client, request, new Metadata(), options, (error) => resolve(error?.code ?? 0));
  });
}

describe('gRPC', () => {
  test('counts a call once, under its method, service and status', async () => {
    const { until, requests, read } = measure();
    const { client } = await serve();
    for (let i = 0; i < 3; i++) expect(await call(client, 'Get')).toBe(0);
    await until(
      CALLS,
      {
        ...GRPC,
        rpc_system: 'grpc',
        rpc_service: 'shop.v1.Orders',
        rpc_method: 'Get',
        rpc_grpc_status_code: '0',
      },
      3,
    );
    expect(
      await requests({
        ...GRPC,
        http_request_method: 'POST',
        http_route: '/shop.v1.Orders/Get',
        http_response_status_code: '200',
        network_protocol_version: '2',
        error_type: '',
      }),
    ).toBe(3);
    expect(await requests()).toBe(3);
    expect(await read('kymo_connections', GRPC)).toBe(1);
    expect(await read('kymo_connections_opened_total', GRPC)).toBe(1);
    expect(await read('kymo_connections_opened_total')).toBe(1);
    // Each message has five bytes of its own before it.
    expect(await read('http_server_request_body_size_bytes_sum')).toBe(3 * 6);
    expect(await read('http_server_response_body_size_bytes_sum')).toBe(3 * 1005);
  });

  test('tells errors of the server from those of the client', async () => {
    const { until, requests, read } = measure();
    const { client } = await serve();
    await call(client, 'Get', String(status.NOT_FOUND));
    await until(CALLS, { rpc_grpc_status_code: '5' }, 1);
    expect(await requests({ error_type: '' })).toBe(1);
    expect(await read('kymo_connection_health', { ...GRPC, health: 'healthy' })).toBe(1);
    await call(client, 'Get', String(status.UNAVAILABLE));
    await until(CALLS, { rpc_grpc_status_code: '14' }, 1);
    expect(await requests({ error_type: 'UNAVAILABLE', http_response_status_code: '200' })).toBe(1);
    expect(await read('kymo_connection_health', { ...GRPC, health: 'error' })).toBe(1);
    expect(await read('kymo_connection_errors_total')).toBe(0);
  });

  test('follows streams to their end', async () => {
    const { until, read } = measure();
    const { client } = await serve();
    const watch = client.Watch as unknown as (request: string) => NodeJS.ReadableStream;
    const events = watch.call(client, '100');
    await new Promise((resolve) => events.on('data', () => undefined).on('end', resolve));
    await until(CALLS, { rpc_method: 'Watch', rpc_grpc_status_code: '0' }, 1);

    const chat = (client.Chat as unknown as () => NodeJS.ReadWriteStream).call(client);
    chat.write('hello');
    await new Promise((resolve) => chat.once('data', resolve));
    expect(await read('http_server_active_requests', GRPC)).toBe(1);
    expect(await read('kymo_connections', { ...GRPC, state: 'active' })).toBe(1);
    chat.end();
    await new Promise((resolve) => chat.on('data', () => undefined).on('end', resolve));
    await until(CALLS, { rpc_method: 'Chat', rpc_grpc_status_code: '0' }, 1);
    expect(await read('http_server_active_requests')).toBe(0);
  });

  test('takes a stream that its client ends for cancelled, not for failed', async () => {
    const { until, requests, read } = measure();
    const { client } = await serve();
    const watch = client.Watch as unknown as (request: string) => NodeJS.ReadableStream & {
      cancel(): void;
    };
    const events = watch.call(client, '3');
    events.on('error', () => undefined);
    await new Promise((resolve) => events.once('data', resolve));
    events.cancel();
    await until(CALLS, { rpc_method: 'Watch', rpc_grpc_status_code: '1' }, 1);
    expect(await requests({ http_route: '/shop.v1.Orders/Watch', error_type: '' })).toBe(1);
    expect(await read('kymo_connection_errors_total')).toBe(0);
    expect(await read('http_server_active_requests')).toBe(0);
  });

  test('counts a call that misses its deadline', async () => {
    const { until, read } = measure();
    const { client } = await serve();
    await call(client, 'Get');
    expect(await call(client, 'Hang', '0', { deadline: Date.now() + 1000 })).toBe(4);
    await until(CALLS, { rpc_grpc_status_code: '4' }, 1);
    expect(await read(COUNT, { error_type: 'DEADLINE_EXCEEDED' })).toBe(1);
  });

  test('warns of a call that is about to miss its deadline', async () => {
    const clock = new ManualClock();
    const { until, read } = measure({ clock, slow: 100_000 });
    const { client } = await serve();
    const pending = call(client, 'Hang', '0', { deadline: Date.now() + 60_000 });
    await until('http_server_active_requests', GRPC, 1);
    clock.advance(40_000);
    expect(await read('kymo_connection_health', { ...GRPC, health: 'healthy' })).toBe(1);
    clock.advance(10_000);
    expect(await read('kymo_connection_health', { ...GRPC, health: 'warning' })).toBe(1);
    client.close();
    void pending;
  });

  test('counts what clients make up under one name', async () => {
    const { until, requests, read } = measure();
    const { client, port } = await serve();
    expect(await call(client, 'Missing')).toBe(status.UNIMPLEMENTED);
    const session = connect(`http://127.0.0.1:${port}`);
    cleanUp(() => session.destroy());
    for (const path of ['/a.B/C1', '/a.B/C2', '/nonsense', '/', '/a.B/', '/x/y/z']) {
      const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc' };
      const stream = session.request({ ...headers, te: 'trailers' }).end();
      await new Promise((resolve) => stream.on('close', resolve).resume());
    }
    await until(CALLS, GRPC, 7);
    expect(await read(CALLS, { rpc_service: '_OTHER', rpc_method: '_OTHER' })).toBe(7);
    expect(await requests({ http_route: '_OTHER' })).toBe(7);
  });

  test('keeps a method that is known once it has been served', async () => {
    const { until } = measure();
    const { client } = await serve();
    await call(client, 'Get');
    await call(client, 'Get', String(status.UNIMPLEMENTED));
    await until(CALLS, { rpc_method: 'Get', rpc_grpc_status_code: '12' }, 1);
  });

  test('ends calls whose client vanishes', async () => {
    const { until, read } = measure();
    const { port } = await serve();
    const session = connect(`http://127.0.0.1:${port}`);
    const headers = { ':method': 'POST', 'content-type': 'application/grpc+proto' };
    const stream = session.request({ ...headers, ':path': '/shop.v1.Orders/Chat', te: 'trailers' });
    stream.on('error', () => undefined);
    await until('http_server_active_requests', GRPC, 1);
    session.destroy();
    await until('http_server_active_requests', GRPC, 0);
    await until('kymo_connections', {}, 0);
    expect(await read(CALLS, { rpc_grpc_status_code: '1' })).toBe(1);
  });
});

describe('isGrpc', () => {
  test.each(['application/grpc', 'application/grpc+proto', 'application/grpc;x=1'])(
    'takes %s for gRPC',
    (type) => expect(isGrpc(type)).toBe(true),
  );
  test.each(['application/grpc-web', 'application/grpc-web+proto', 'application/json', undefined])(
    'takes %s for none',
    (type) => expect(isGrpc(type)).toBe(false),
  );
});

describe('parseTimeout', () => {
  test.each([
    ['2H', 7_200_000],
    ['3M', 180_000],
    ['5S', 5000],
    ['250m', 250],
    ['250u', 0.25],
    ['1000000n', 1],
    ['', undefined],
    ['S', undefined],
    ['1x', undefined],
    ['123456789S', undefined],
    ['-1S', undefined],
    [undefined, undefined],
  ])('reads %s', (text, milliseconds) => {
    if (milliseconds === undefined) expect(parseTimeout(text)).toBeUndefined();
    else expect(parseTimeout(text)).toBeCloseTo(milliseconds, 9);
  });
});

describe('parseMethodPath', () => {
  test.each([
    ['/pkg.Service/Method', { service: 'pkg.Service', method: 'Method' }],
    ['/S/m', { service: 'S', method: 'm' }],
    ['S/m', undefined],
    ['/S/', undefined],
    ['//m', undefined],
    ['/a/b/c', undefined],
    ['', undefined],
  ])('reads %s', (path, name) => expect(parseMethodPath(path)).toEqual(name));
});
