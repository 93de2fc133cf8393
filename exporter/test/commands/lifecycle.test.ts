import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('lifecycle-program.mjs', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves once the output contains a text. */
  readonly saw: (text: string) => Promise<void>;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let out = '';
  let err = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    for (const look of waiting) look();
  });
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  const saw = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!out.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { child, code, out: () => out, err: () => err, saw };
}

describe('a service as a process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('is stopped by %s and ends with 0', async (signal) => {
    const { child, code, out, saw } = run('well');
    await saw('started');
    child.kill(signal);
    expect(await code).toBe(0);
    expect(out()).toContain('"say":"stopped"');
  });

  test('is stopped while it still starts', async () => {
    const { child, code, out, saw } = run('starts for ever');
    await saw('started');
    child.kill('SIGTERM');
    expect(await code).toBe(0);
    expect(out()).toContain('"say":"stopped"');
  });

  test('is ended at once with 1 by a second signal', async () => {
    const { child, code, saw, out } = run('hangs');
    await saw('started');
    child.kill('SIGTERM');
    await saw('"say":"stopping"');
    child.kill('SIGINT');
    expect(await code).toBe(1);
    expect(out()).toContain('second signal');
  });

  test('that does not stop in time ends with 1', async () => {
    const { child, code, saw, out } = run('hangs', '100');
    await saw('started');
    child.kill('SIGTERM');
    expect(await code).toBe(1);
    expect(out()).toContain('"level":"fatal"');
    expect(out()).toContain('stopping took too long');
  });

  test('that fails to stop ends with 1', async () => {
    const { child, code, saw, out } = run('fails to stop');
    await saw('started');
    child.kill('SIGTERM');
    expect(await code).toBe(1);
    expect(out()).toContain('cannot stop');
  });

  test.each([
    ['throws', 'thrown later'],
    ['rejects', 'rejected later'],
  ])('that %s where nobody catches is logged, stopped and ends with 1', async (how, message) => {
    const { code, out } = run(how);
    expect(await code).toBe(1);
    const lines = out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ level }) => level === 'fatal')).toMatchObject({
      error: { message, stack: expect.stringContaining('lifecycle-program') as string },
    });
    // The log and the program write to the same place by different ways, in either order.
    expect(lines).toContainEqual({ say: 'stopped' });
  });

  test('that cannot start says why in one line and ends with 1', async () => {
    const { code, err, out } = run('refuses');
    expect(await code).toBe(1);
    expect(err()).toBe('kymo: port 1 is in use\n');
    expect(out()).not.toContain('stack');
  });

  test('whose start breaks is logged and ends with 1', async () => {
    const { code, out } = run('breaks');
    expect(await code).toBe(1);
    expect(out()).toContain('broken start');
  });

  test('reloads on SIGHUP and goes on, also where that fails', async () => {
    const { child, code, saw } = run('reloads badly');
    await saw('started');
    child.kill('SIGHUP');
    await saw('reload failed');
    child.kill('SIGTERM');
    expect(await code).toBe(0);
  });
});
