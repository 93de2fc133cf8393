import { spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.js';
import { DirectoryLock } from '../../src/lib/journal/directory-lock.js';
import { Journal, type JournalOptions } from '../../src/lib/journal/journal.js';
import { silentLogger } from '../../src/lib/logger.js';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-journal-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly journal: Journal;
  readonly restored: string[];
  readonly clock: ManualClock;
}

async function open(directory: string, options: Partial<JournalOptions> = {}): Promise<Opened> {
  const restored: string[] = [];
  const clock = new ManualClock(1_000_000);
  const journal = await Journal.open({
    directory,
    clock,
    logger: silentLogger,
    restore: (record) => restored.push(record.toString()),
    ...options,
  });
  return { journal, restored, clock };
}

async function restoredFrom(directory: string): Promise<Opened> {
  const opened = await open(directory);
  await opened.journal.close();
  return opened;
}

const bytes = (text: string): Buffer => Buffer.from(text);
const logsOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => path.join(folder, name));

async function write(folder: string, records: readonly string[]): Promise<string> {
  const { journal } = await open(folder);
  for (const record of records) journal.append(bytes(record));
  await journal.close();
  return logsOf(folder)[0];
}

describe('appending', () => {
  test('restores records in order', async () => {
    const folder = newFolder();
    await write(folder, ['a', '', 'c']);
    await write(folder, ['d']);
    expect((await restoredFrom(folder)).restored).toEqual(['a', '', 'c', 'd']);
  });

  test('a durable record is in the file when the promise resolves', async () => {
    const folder = newFolder();
    const { journal } = await open(folder);
    await journal.append(bytes('here it is'), { durable: true });
    expect(readFileSync(logsOf(folder)[0], 'latin1')).toContain('here it is');
    await journal.close();
  });

  test('others are written after the flush interval', async () => {
    const folder = newFolder();
    const { journal, clock } = await open(folder, { flushInterval: 500 });
    journal.append(bytes('later'));
    expect(logsOf(folder)).toEqual([]);
    clock.advance(500);
    await expect.poll(() => logsOf(folder).length, { timeout: 30_000 }).toBe(1);
    await expect
      .poll(() => readFileSync(logsOf(folder)[0], 'latin1'), { timeout: 30_000 })
      .toContain('later');
    await journal.close();
  });

  test('refuses a record that is too large, and any once closed', async () => {
    const { journal } = await open(newFolder());
    const large = Buffer.alloc(17 * 2 ** 20);
    expect(() => journal.append(large)).toThrow(
      expect.objectContaining({ code: 'record_too_large' }),
    );
    await journal.close();
    await expect(journal.append(bytes('x'), { durable: true })).rejects.toMatchObject({
      code: 'journal_closed',
    });
  });

  test('goes on to a new segment, and reads each', async () => {
    const folder = newFolder();
    const { journal } = await open(folder, { segmentBytes: 200 });
    const records = Array.from({ length: 20 }, (_, i) => `record ${i} ${'.'.repeat(40)}`);
    for (const record of records) journal.append(bytes(record));
    const read: string[] = [];
    await journal.flush();
    for (const { number } of journal.segments()) {
      read.push(...(await journal.readSegment(number)).map(String));
    }
    expect(journal.segments().length).toBeGreaterThan(3);
    expect(read).toEqual(records);
    await journal.close();
    expect((await restoredFrom(folder)).restored).toEqual(records);
  });

  test('a disk that cannot be written: who waits is told, the rest is tried again', async () => {
    const folder = newFolder();
    const { journal, clock } = await open(folder);
    rmSync(folder, { recursive: true });
    journal.append(bytes('patient'));
    await expect(journal.append(bytes('urgent'), { durable: true })).rejects.toMatchObject({
      code: 'journal_write_failed',
    });
    await expect(journal.snapshot([])).rejects.toMatchObject({ code: 'journal_write_failed' });
    cpSync(newFolder(), folder, { recursive: true });
    clock.advance(1000);
    await journal.flush();
    await journal.close();
    expect((await restoredFrom(folder)).restored).toEqual(['patient']);
  });
});

describe('recovery', () => {
  test('cut at any byte, what is left is a prefix', async () => {
    const folder = newFolder();
    const records = ['one', '', 'three', 'KymoJrnl', 'five'.repeat(9)];
    const file = await write(folder, records);
    const whole = readFileSync(file);
    const cuts = fc.integer({ min: 0, max: whole.length });
    await fc.assert(
      fc.asyncProperty(cuts, async (cut) => {
        writeFileSync(file, whole);
        truncateSync(file, cut);
        const { restored, journal } = await restoredFrom(folder);
        expect(restored).toEqual(records.slice(0, restored.length));
        expect(restored.length < records.length).toBe(cut < whole.length);
        expect(journal.damages.every(({ kind }) => kind === 'cut_short')).toBe(true);
        // What was dropped is gone, so that it is reported once, and the log goes on.
        await write(folder, ['next']);
        const again = await restoredFrom(folder);
        expect(again.restored).toEqual([...restored, 'next']);
        expect(again.journal.damages).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('with a byte changed anywhere, all other records come back and the place is told', async () => {
    const folder = newFolder();
    const records = ['alpha', 'beta', 'gamma', 'delta'];
    const file = await write(folder, records);
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 28, max: whole.length - 18 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const damaged = Buffer.from(whole);
          damaged[at] ^= change;
          writeFileSync(file, damaged);
          const { restored, journal } = await restoredFrom(folder);
          expect(restored.length).toBe(3);
          expect(restored).toEqual(records.filter((record) => restored.includes(record)));
          expect(journal.damages).toMatchObject([{ file, kind: 'damaged' }]);
          const [{ offset, bytes: length }] = journal.damages;
          expect(at >= offset && at < offset + length).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('an end filled with zeros, as after a power failure, is dropped', async () => {
    const folder = newFolder();
    const file = await write(folder, ['a', 'b']);
    appendFileSync(file, Buffer.alloc(4096));
    const { restored, journal } = await restoredFrom(folder);
    expect(restored).toEqual(['a', 'b']);
    expect(journal.damages).toMatchObject([{ kind: 'cut_short', bytes: 4096 }]);
  });

  test('a file whose header is damaged is told and passed over', async () => {
    const folder = newFolder();
    const file = await write(folder, ['a']);
    const content = readFileSync(file);
    content[20] ^= 1;
    writeFileSync(file, content);
    await write(folder, ['b']);
    const { restored, journal } = await restoredFrom(folder);
    expect(restored).toEqual(['b']);
    expect(journal.damages).toMatchObject([{ file, offset: 0, kind: 'damaged' }]);
  });

  async function refused(folder: string, file: string): Promise<void> {
    const content = readFileSync(file);
    const names = readdirSync(folder);
    await expect(open(folder)).rejects.toMatchObject({ code: 'journal_newer' });
    expect(readFileSync(file)).toEqual(content);
    expect(readdirSync(folder)).toEqual(names);
  }

  test('a newer format is refused and left as it is', async () => {
    const folder = newFolder();
    const file = await write(folder, ['a']);
    const content = readFileSync(file);
    content.writeUInt16LE(9, 8);
    writeFileSync(file, content);
    await refused(folder, file);
  });

  test('newer content is refused and left as it is', async () => {
    const folder = newFolder();
    const { journal } = await open(folder, { schema: 9 });
    journal.append(bytes('of tomorrow'));
    await journal.close();
    await refused(folder, logsOf(folder)[0]);
  });

  test('a writer killed in mid-write loses nothing that it had answered', async () => {
    const folder = newFolder();
    const program = fileURLToPath(new URL('journal-writer.mjs', import.meta.url));
    for (const enough of [7, 60, 130]) {
      const child = spawn(process.execPath, [program, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.split('\n').length > enough) child.kill('SIGKILL');
      });
      await new Promise((resolve) => child.on('close', resolve));
      const answered = Number(printed.trim().split('\n').at(-1));
      const { restored, journal } = await restoredFrom(folder);
      expect(journal.damages.every(({ kind }) => kind === 'cut_short')).toBe(true);
      const numbers = restored
        .filter((text) => /^\d/.test(text))
        .map((text) => Number(text.split(' ')[0]));
      // From the last snapshot on, without a hole.
      const first = numbers[0];
      expect(numbers).toEqual(numbers.map((_, i) => first + i));
      expect(numbers.at(-1)).toBeGreaterThanOrEqual(answered);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('snapshots and bounds', () => {
  test('a snapshot stands for what was before it', async () => {
    const folder = newFolder();
    const { journal } = await open(folder);
    journal.append(bytes('old'));
    const snapshot = journal.snapshot([bytes('state'), bytes('more state')]);
    journal.append(bytes('new'));
    await snapshot;
    await journal.close();
    expect((await restoredFrom(folder)).restored).toEqual(['state', 'more state', 'new']);
    expect(logsOf(folder).length).toBe(1);
  });

  test('a snapshot that was not finished counts for nothing', async () => {
    const folder = newFolder();
    await write(folder, ['a']);
    writeFileSync(path.join(folder, '0000000002.snapshot.tmp'), 'half');
    expect((await restoredFrom(folder)).restored).toEqual(['a']);
    expect(readdirSync(folder).some((name) => name.endsWith('.tmp'))).toBe(false);
  });

  test('segments that a snapshot stands for are kept for a time', async () => {
    const folder = newFolder();
    const { journal, clock } = await open(folder, { keep: 10_000 });
    for (const record of ['a', 'b', 'c']) {
      await journal.append(bytes(record), { durable: true });
      await journal.snapshot([]);
      clock.advance(6000);
    }
    expect(logsOf(folder).length).toBe(3);
    clock.advance(6000);
    await journal.append(bytes('d'), { durable: true });
    await journal.snapshot([]);
    expect(journal.segments().map(({ number }) => number)).toEqual([3, 4]);
    await journal.close();
  });

  test('the oldest segments go when there are too many bytes', async () => {
    const folder = newFolder();
    const options = { keep: 1e9, segmentBytes: 1000, maxBytes: 5000 };
    const { journal } = await open(folder, options);
    for (let i = 0; i < 100; i++) {
      await journal.append(Buffer.alloc(400), { durable: true });
      if (i % 5 === 0) await journal.snapshot([bytes('state')]);
    }
    const size = logsOf(folder).reduce((sum, file) => sum + statSync(file).size, 0);
    expect(size).toBeLessThanOrEqual(6000);
    await journal.close();
  });

  test('without snapshots a full journal refuses records', async () => {
    const { journal } = await open(newFolder(), { maxBytes: 2000 });
    journal.append(Buffer.alloc(1500));
    expect(() => journal.append(Buffer.alloc(1500))).toThrow(
      expect.objectContaining({ code: 'journal_full' }),
    );
    await journal.snapshot([]);
    journal.append(Buffer.alloc(1500));
    await journal.close();
  });
});

describe('the lock', () => {
  test('refuses a second owner and takes over from the dead', async () => {
    const folder = newFolder();
    const { journal } = await open(folder);
    await expect(open(folder)).rejects.toMatchObject({ code: 'directory_locked' });
    const lock = readFileSync(path.join(folder, 'lock'), 'utf8');
    await journal.close();
    // The process number is in use again, by one that began at another time.
    writeFileSync(path.join(folder, 'lock'), lock.replace(/^(\d+) \d+/, '$1 1'));
    const second = DirectoryLock.acquire(folder);
    second.release();
    expect(readdirSync(folder)).not.toContain('lock');
  });
});
