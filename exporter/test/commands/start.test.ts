import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'kymo-start-'));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly code: Promise<number | null>;
  readonly records: () => Record<string, unknown>[];
}

/** Runs `kymo start` from the build on a free port and waits until it says that it is ready. */
async function start(...flags: string[]): Promise<Started> {
  const child = spawn(process.execPath, [main, 'start', '--listen.port=0', ...flags], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let out = '';
  const records = (): Record<string, unknown>[] =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const ready = records().find(({ message }) => message === 'ready');
      if (ready !== undefined) resolve(String(ready.url));
    });
    void code.then(() => reject(new Error(out)));
  });
  return { child, url, code, records };
}

describe('kymo start, from the build', () => {
  test('prints the address it has picked, serves, and ends with 0 on SIGTERM', async () => {
    const { child, url, code } = await start('--listen.drain=2s');
    expect(Number(new URL(url).port)).toBeGreaterThan(0);
    expect((await fetch(`${url}/-/ready`)).status).toBe(200);
    child.kill('SIGTERM');
    // Ready fails first, while everything else is still served.
    let ready = 200;
    while (ready === 200) ready = (await fetch(`${url}/-/ready`)).status;
    expect(ready).toBe(503);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    expect(await code).toBe(0);
  });

  test('reloads what can be reloaded, says what takes a restart, and keeps the old on an error', async () => {
    const file = path.join(folder, 'reload.yml');
    writeFileSync(file, 'log: {level: info}\n');
    const { child, url, code, records } = await start('--config', file);
    const reload = (): Promise<Response> => fetch(`${url}/-/reload`, { method: 'POST' });

    writeFileSync(file, 'log: {level: info}\ntick: 2s\n');
    expect((await reload()).status).toBe(200);
    writeFileSync(file, 'tick: 2\n');
    const refused = await reload();
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: `${file}:1:7: tick: "2" has no unit; write for example 2s or 100ms`,
    });
    writeFileSync(file, 'log: {level: error}\n');
    expect((await reload()).status).toBe(200);
    child.kill('SIGTERM');
    expect(await code).toBe(0);

    const messages = records().map(({ message }) => message);
    expect(records().find(({ message }) => message === 'settings take a restart')).toMatchObject({
      level: 'warn',
      settings: ['tick', 'collect.deadline'],
    });
    // Below the new level.
    expect(messages).not.toContain('stopped');
  });

  test('says which setting to change where the port is in use, in one line, with code 1', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { status, stderr } = await new Promise<{ status: number | null; stderr: string }>(
      (resolve) => {
        const child = spawn(process.execPath, [main, 'start', `--listen.port=${port}`], {
          cwd: folder,
        });
        children.push(child);
        let text = '';
        child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
        child.on('close', (code) => resolve({ status: code, stderr: text }));
      },
    );
    await new Promise((resolve) => server.close(resolve));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^kymo: port \d+ of 127\.0\.0\.1 is in use .*listen\.port.*\n$/);
  });

  test('ends with 2 on wrong use and reads kymo.yml of its folder', () => {
    writeFileSync(path.join(folder, 'kymo.yml'), 'tick: nope\n');
    try {
      const { status, stderr } = spawnSync(process.execPath, [main, 'start'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([2, expect.stringContaining('kymo: kymo.yml:1:7: tick: ')]);
    } finally {
      rmSync(path.join(folder, 'kymo.yml'));
    }
  });
});
