import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { protocols } from '../../src/demo/servers/server.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const TIMEOUT = 30_000;

// Away from whatever kymo.yml lies in the working directory.
const folder = mkdtempSync(path.join(tmpdir(), 'kymo-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const running: ChildProcess[] = [];
afterEach(() => {
  for (const demo of running.splice(0)) demo.kill('SIGKILL');
});

function runDemo(port: number): { process: ChildProcess; out: () => string; err: () => string } {
  const demo = spawn(process.execPath, [main, 'demo', '--listen.port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(demo);
  let out = '';
  let err = '';
  demo.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  demo.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { process: demo, out: () => out, err: () => err };
}

/** Requests of each protocol on a page of metrics, and WebSocket messages under `messages`. */
function traffic(page: string): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (key: string, value: string): void => {
    sums.set(key, (sums.get(key) ?? 0) + Number(value));
  };
  const requests = /^http_server_request_duration_seconds_count\{.*protocol="(\w+)".*\} (\d+)$/gm;
  for (const [, protocol, value] of page.matchAll(requests)) add(protocol, value);
  const messages = /^kymo_websocket_messages_total\{direction="received"\} (\d+)$/gm;
  for (const [, value] of page.matchAll(messages)) add('messages', value);
  return sums;
}

test('kymo demo shows measured traffic of all protocols, starts faults on demand and ends cleanly', async () => {
  const { process: demo, out, err } = runDemo(0);
  await expect.poll(out, { timeout: TIMEOUT }).toContain('Ctrl-C ends it');
  const url = /(http:\S+)\/metrics /.exec(out())?.[1] ?? '';
  const page = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();

  for (const key of [...protocols, 'messages']) {
    await expect
      .poll(async () => traffic(await page()).get(key), { timeout: TIMEOUT, interval: 500 })
      .toBeGreaterThan(5);
  }
  await expect
    .poll(page, { timeout: TIMEOUT, interval: 500 })
    .toMatch(/^shop_cache_requests_total\{cache="product",result="hit"\} \d+$/m);

  // As the guide that it has printed says.
  const command = /-d '(\{.*\})'/.exec(out())?.[1];
  const answer = await fetch(`${url}/api/simulate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: command,
  });
  expect(answer.status).toBe(202);
  await expect
    .poll(page, { timeout: TIMEOUT, interval: 500 })
    .toMatch(/^shop_simulated_fault_active\{fault="latency"\} 1$/m);

  demo.kill('SIGTERM');
  // The load process shares these streams, so that they close only when it is gone too.
  const [code] = (await once(demo, 'close')) as [number | null];
  expect(code).toBe(0);
  expect(err()).toBe('');
});

test('kymo demo says that the port is in use and leaves nothing behind', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as net.AddressInfo;
  const { process: demo, err } = runDemo(port);
  const [code] = (await once(demo, 'close')) as [number | null];
  other.close();
  expect(code).toBe(1);
  expect(err()).toContain(String(port));
});
