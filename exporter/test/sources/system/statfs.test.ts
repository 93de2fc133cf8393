import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock, systemClock, type Clock } from '../../../src/lib/clock.js';
import {
  ChildStatfs,
  directStatfs,
  StatfsInterrupted,
  StuckMount,
  withDeadline,
  type StatfsReader,
} from '../../../src/sources/system/statfs.js';

const DEADLINE = 20_000;

let reader: ChildStatfs | undefined;

afterEach(() => reader?.close());

function start(clock: Clock = systemClock): ChildStatfs {
  reader = new ChildStatfs({ clock, deadline: DEADLINE });
  return reader;
}

/** A child that runs and answers no more, as in a dead mount. */
async function startHanging(clock?: Clock): Promise<ChildStatfs> {
  const child = start(clock);
  await child.read('/');
  process.kill(pidOf(child), 'SIGSTOP');
  return child;
}

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing',
    (thrown: unknown) => thrown,
  );

function isAlive(pid: number): boolean {
  // A process that has ended stays in the table until its parent has noticed.
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function pidOf(child: ChildStatfs): number {
  if (child.pid === undefined) throw new Error('there is no child');
  return child.pid;
}

describe('ChildStatfs', () => {
  test('answers what asking in this process does', async () => {
    const child = start();
    const asked = await child.read('/proc');
    expect(asked).toEqual(await directStatfs.read('/proc'));
    expect((await child.read('/')).size).toBeGreaterThan(0);
  });

  test('rejects with what the file system answers', async () => {
    await expect(start().read('/no/such/folder')).rejects.toThrow('ENOENT');
  });

  test('uses one process for all, and none before it is asked', async () => {
    const child = start();
    expect(child.pid).toBeUndefined();
    await child.read('/');
    const pid = pidOf(child);
    await Promise.all([child.read('/'), child.read('/proc')]);
    expect(child.pid).toBe(pid);
  });

  test('kills a process that does not answer, and goes on with another', async () => {
    const clock = new ManualClock();
    const child = await startHanging(clock);
    const pid = pidOf(child);
    const open = thrownBy(child.read('/'));
    clock.advance(DEADLINE - 1);
    expect(isAlive(pid)).toBe(true);
    clock.advance(1);
    expect(await open).toBeInstanceOf(StuckMount);
    await ended(pid);
    expect((await child.read('/proc')).size).toBe(0);
    expect(child.pid).not.toBe(pid);
  });

  test('calls all that were asked together stuck, and has what was asked later asked again', async () => {
    const clock = new ManualClock();
    const child = await startHanging(clock);
    const together = ['/', '/sys'].map((path) => thrownBy(child.read(path)));
    clock.advance(DEADLINE / 2);
    const later = thrownBy(child.read('/proc'));
    clock.advance(DEADLINE / 2);
    for (const open of together) expect(await open).toBeInstanceOf(StuckMount);
    expect(await later).toBeInstanceOf(StatfsInterrupted);
  });

  test('does not ask a mount while a process still hangs in it', async () => {
    const clock = new ManualClock();
    const child = await startHanging(clock);
    const pid = pidOf(child);
    const open = thrownBy(child.read('/'));
    clock.advance(DEADLINE);
    await open;
    // Its end is noticed only by a turn of the event loop.
    expect(await thrownBy(child.read('/'))).toBeInstanceOf(StuckMount);
    expect(child.pid).toBeUndefined();
    await ended(pid);
    expect((await child.read('/')).size).toBeGreaterThan(0);
  });

  test('does not start a process at once again that ended by itself', async () => {
    const clock = new ManualClock();
    const child = await startHanging(clock);
    const open = thrownBy(child.read('/'));
    process.kill(pidOf(child), 'SIGKILL');
    expect(await open).toBeInstanceOf(StatfsInterrupted);
    await expect(child.read('/')).rejects.toThrow('started again soon');
    expect(child.pid).toBeUndefined();
    clock.advance(10_000);
    expect((await child.read('/')).size).toBeGreaterThan(0);
  });

  test('ends its process and what is open when it is closed', async () => {
    const child = await startHanging();
    const pid = pidOf(child);
    const open = thrownBy(child.read('/'));
    child.close();
    expect(await open).toBeInstanceOf(StatfsInterrupted);
    await ended(pid);
  });
});

describe('the process that asks file systems', () => {
  const compiled = fileURLToPath(
    new URL('../../../dist/sources/system/statfs.js', import.meta.url),
  );
  const clock = fileURLToPath(new URL('../../../dist/lib/clock.js', import.meta.url));
  const script = `
    import { ChildStatfs } from ${JSON.stringify(compiled)};
    import { systemClock } from ${JSON.stringify(clock)};
    const child = new ChildStatfs({ clock: systemClock, deadline: 20000 });
    const waiting = setInterval(() => undefined, 1000);
    await child.read('/');
    process.stdout.write(child.pid + '\\n');
  `;
  const run = (more: string) =>
    spawn(process.execPath, ['--input-type=module', '--eval', script + more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  test('dies with its parent, however that ends', async () => {
    expect(existsSync(compiled)).toBe(true);
    const parent = run('');
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await ended(pid);
  });

  test('does not keep its parent alive', async () => {
    const parent = run('clearInterval(waiting);');
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const [code] = (await once(parent, 'exit')) as [number];
    expect(code).toBe(0);
    await ended(Number(line.toString()));
  });
});

describe('withDeadline', () => {
  test('gives up on a reader that does not answer, and leaves alone one that does', async () => {
    const silent: StatfsReader = {
      read: () => new Promise(() => undefined),
      close: () => undefined,
    };
    const clock = systemClock;
    await expect(withDeadline(silent, { clock, deadline: 20 }).read('/x')).rejects.toThrow(
      '/x does not answer',
    );
    const capacity = await withDeadline(directStatfs, { clock, deadline: DEADLINE }).read('/');
    expect(capacity.size).toBeGreaterThan(0);
    const missing = withDeadline(directStatfs, { clock, deadline: DEADLINE }).read('/no/such');
    await expect(missing).rejects.toThrow('ENOENT');
  });
});
