import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFaults } from '../../src/demo/faults.js';
import { protocols } from '../../src/demo/servers/server.js';
import { DemoService, type Addresses } from '../../src/demo/service.js';
import { CATALOGUE_SIZE } from '../../src/demo/shop/catalogue.js';
import { Simulator } from '../../src/demo/simulator.js';
import { systemClock } from '../../src/lib/clock.js';
import { ask, SILENT } from './clients.js';

const PATIENCE = 20_000;
/** How long a test listens to be sure that nobody answers. */
const LISTEN = 400;
const FAULT = 60_000;

let service: DemoService;
let addresses: Addresses;
let simulator: Simulator;
const scales: number[] = [];
let nextProduct = 0;

/** One that no cache knows: each is asked for once. */
const uncached = (): number => nextProduct++;

beforeAll(async () => {
  service = new DemoService({ clock: systemClock, seed: 1 });
  addresses = await service.start();
  simulator = new Simulator({
    clock: systemClock,
    faults: makeFaults({ service, scaleLoad: (factor) => scales.push(factor) }),
  });
});
afterAll(async () => {
  simulator.stop();
  await service.stop();
});

async function values(): Promise<Map<string, number>> {
  const lines = (await service.registry.metrics()).split('\n');
  return new Map(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
  );
}

async function post(body: string): Promise<Response> {
  return fetch(`${addresses.http1}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
}

describe('DemoService', () => {
  test.each(protocols)('answers over %s', async (protocol) => {
    expect(await ask[protocol](addresses[protocol], uncached(), PATIENCE)).toBe('ok');
  });

  test('says in each protocol that a product does not exist', async () => {
    const answers = protocols.map((protocol) =>
      ask[protocol](addresses[protocol], CATALOGUE_SIZE, PATIENCE),
    );
    expect(await Promise.all(answers)).toEqual(['404', '404', 'not_found', 'NOT_FOUND']);
  });

  test('counts real hits and misses of its cache', async () => {
    const product = uncached();
    const before = await values();
    for (let i = 0; i < 3; i++) await ask.http1(addresses.http1, product, PATIENCE);
    const after = await values();
    const added = (result: string): number => {
      const name = `shop_cache_requests_total{cache="product",result="${result}"}`;
      return (after.get(name) ?? 0) - (before.get(name) ?? 0);
    };
    expect([added('miss'), added('hit')]).toEqual([1, 2]);
  });

  test('takes orders, ships them later and counts both', async () => {
    const response = await post('{"product":5,"quantity":2}');
    expect(response.status).toBe(201);
    const order = (await response.json()) as { id: number; cents: number; status: string };
    expect(order.status).toBe('paid');
    const product = (await (await fetch(`${addresses.http1}/api/products/5`)).json()) as {
      cents: number;
    };
    expect(order.cents).toBe(2 * product.cents);
    await expect
      .poll(async () => (await fetch(`${addresses.http1}/api/orders/${order.id}`)).json(), {
        timeout: PATIENCE,
      })
      .toMatchObject({ status: 'shipped' });
    const after = await values();
    expect(after.get('shop_orders_total{status="paid"}')).toBe(1);
    expect(after.get('shop_queue_jobs_total{queue="shipping",result="done"}')).toBe(1);
    expect(after.get('shop_payment_duration_seconds_count')).toBe(1);
  });

  test.each(['{"product":5}', '{"product":5,"quantity":0.5}', '[]', 'null', '{'])(
    'refuses %s as an order',
    async (body) => {
      expect((await post(body)).status).toBe(400);
    },
  );

  test('has metrics that promtool finds nothing to say about', async ({ skip }) => {
    if (!existsSync('/usr/bin/promtool') && process.env.CI === undefined) skip();
    const input = await service.registry.metrics();
    expect(input).toContain('shop_order_value_euros_bucket');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });

  test('frees its ports when it is stopped, also while a request hangs', async () => {
    const other = new DemoService({ clock: systemClock, seed: 2 });
    const targets = await other.start();
    for (const server of Object.values(other.servers)) server.hang();
    const hanging = protocols.map((protocol) => ask[protocol](targets[protocol], 1, PATIENCE));
    // They are cut off, each in its own words.
    const cut = Promise.allSettled(hanging);
    await new Promise((resolve) => setTimeout(resolve, LISTEN));
    await other.stop();
    await cut;
    for (const protocol of ['http1', 'http2', 'grpc'] as const) {
      const port = Number(/:(\d+)/.exec(targets[protocol].replace('http://', ''))?.[1]);
      await expect(connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
  });
});

describe('the fault', () => {
  test('"errors" is answered with 503 and UNAVAILABLE, and ends', async () => {
    const { database } = service.shop;
    simulator.start('errors', FAULT);
    const answers: string[] = [];
    while (!(answers.includes('503') && answers.includes('UNAVAILABLE')) && answers.length < 100) {
      answers.push(await ask.http1(addresses.http1, uncached(), PATIENCE));
      answers.push(await ask.grpc(addresses.grpc, uncached(), PATIENCE));
    }
    expect(answers).toContain('503');
    expect(answers).toContain('UNAVAILABLE');
    simulator.stop();
    expect(database.refusing).toBe(0);
    expect(await ask.http1(addresses.http1, uncached(), PATIENCE)).toBe('ok');
  });

  test('"latency" makes callers wait for connections until it ends', async () => {
    const waited = async (): Promise<number> => {
      const before = await values();
      const callers = Array.from({ length: 24 }, () =>
        ask.http1(addresses.http1, uncached(), PATIENCE),
      );
      const began = performance.now();
      expect(new Set(await Promise.all(callers))).toEqual(new Set(['ok']));
      const took = performance.now() - began;
      const after = await values();
      const sum = 'shop_pool_wait_seconds_sum{pool="database"}';
      // Three rounds over eight connections: a delay of 150 ms each is seen by the client.
      if (simulator.active().length > 0) expect(took).toBeGreaterThan(450);
      return (after.get(sum) ?? 0) - (before.get(sum) ?? 0);
    };
    simulator.start('latency', FAULT);
    // Eight callers wait for one round, eight for two.
    expect(await waited()).toBeGreaterThan(3);
    simulator.stop();
    expect(service.shop.database.extraDelay).toBe(0);
  });

  test('"stuck-protocol" silences one protocol each time and answers again when it ends', async () => {
    for (const stuck of ['http2', 'websocket', 'grpc', 'http1'] as const) {
      simulator.start('stuck-protocol', FAULT);
      expect(await ask[stuck](addresses[stuck], 1, LISTEN)).toBe(SILENT);
      const others = protocols.filter((protocol) => protocol !== stuck);
      for (const protocol of others) {
        expect(await ask[protocol](addresses[protocol], 1, PATIENCE)).toBe('ok');
      }
      const pending = ask[stuck](addresses[stuck], 1, PATIENCE);
      simulator.stop();
      expect(await pending).toBe('ok');
    }
  });

  test('"traffic-spike" multiplies the load until it ends', () => {
    simulator.start('traffic-spike', FAULT);
    simulator.stop();
    expect(scales).toEqual([3, 1]);
  });

  test('"cpu" uses processor time beside the event loop until it ends', async () => {
    const used = (): number => process.cpuUsage().user;
    simulator.start('cpu', FAULT);
    const before = used();
    await expect.poll(() => used() - before, { timeout: PATIENCE }).toBeGreaterThan(200_000);
    simulator.stop();
  });
});

function connect(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
