import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';

const folder = new URL('../../examples/', import.meta.url);
const TIMEOUT = 30_000;

const running: ChildProcess[] = [];
afterEach(() => {
  for (const example of running.splice(0)) example.kill('SIGKILL');
});

/** Starts an example on free ports; answers the addresses that it prints. */
async function run(
  file: string,
): Promise<{ service: string; metrics: string; process: ChildProcess }> {
  const example = spawn(process.execPath, [new URL(file, folder).pathname], {
    env: { ...process.env, PORT: '0', KYMO_LISTEN_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(example);
  let printed = '';
  example.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await expect.poll(() => printed, { timeout: TIMEOUT }).toMatch(/Its metrics: .*\n/);
  const address = (what: string): string =>
    new RegExp(`${what}: (http://\\S+)\\n`).exec(printed)?.[1] ?? '';
  return { service: address('The service'), metrics: address('Its metrics'), process: example };
}

async function page(address: string): Promise<string> {
  return (await fetch(address)).text();
}

const cases = [
  {
    file: 'express.js',
    shows: [
      /^greetings_total\{language="en"\} 3$/m,
      /^http_server_request_duration_seconds_count\{.*http_route="\/greetings\/:name".*\} 3$/m,
    ],
  },
  {
    file: 'middleware.js',
    shows: [/^http_server_request_duration_seconds_count\{.*http_route="\/time".*\} 3$/m],
  },
];

test('every example is among those that are run here', () => {
  expect(readdirSync(folder).sort()).toEqual(cases.map(({ file }) => file).sort());
});

test.each(cases)(
  '$file shows its requests and ends by itself on SIGTERM',
  async ({ file, shows }) => {
    const { service, metrics, process: example } = await run(file);
    for (let i = 0; i < 3; i++) await page(service);
    await page(new URL('/health', service).href);
    for (const shown of shows) {
      await expect.poll(() => page(metrics), { timeout: TIMEOUT, interval: 250 }).toMatch(shown);
    }
    if (file === 'middleware.js') expect(await page(metrics)).not.toContain('http_route="/health"');
    const gone = once(example, 'exit');
    example.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
  },
);
