import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock, systemClock } from '../../../src/lib/clock.js';
import { filesystem } from '../../../src/sources/system/collectors/filesystem.js';
import { systemOptions } from '../../../src/sources/system/options.js';
import {
  StatfsInterrupted,
  StuckMount,
  type Capacity,
  type StatfsReader,
} from '../../../src/sources/system/statfs.js';
import { RecordingWriter, tick } from './collection.js';
import { emptyFixture } from './fixture.js';

const CAPACITY: Capacity = { size: 1000, free: 500, available: 400, files: 10, filesFree: 5 };
const LOCAL = '/dev/sda1 / ext4 rw 0 0\n';
const REMOTE = 'server:/export /srv/share nfs4 rw,ro=x 0 0\n';
const RETRY_AFTER = 60_000;

const PERL = '/usr/bin/perl';
const UMOUNT = '/usr/bin/umount';

/** Answers by hand: each path has the questions that are open. */
class FakeReader implements StatfsReader {
  readonly open = new Map<string, (answer: Capacity | Error) => void>();
  asked: string[] = [];
  closed = 0;

  read(path: string): Promise<Capacity> {
    this.asked.push(path);
    return new Promise((resolve, reject) => {
      this.open.set(path, (answer) => {
        this.open.delete(path);
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      });
    });
  }

  async answer(path: string, answer: Capacity | Error = CAPACITY): Promise<void> {
    this.open.get(path)?.(answer);
    await new Promise((resolve) => setImmediate(resolve));
  }

  close(): void {
    this.closed++;
  }
}

function setUp(mounts: string) {
  const fixture = emptyFixture();
  fixture.write('proc/1/mounts', mounts);
  const clock = new ManualClock(1_760_000_000_000);
  const direct = new FakeReader();
  const guarded = new FakeReader();
  const { procfs, sysfs } = fixture;
  const options = systemOptions({ procfs, sysfs, clock, filesystem: { retryAfter: RETRY_AFTER } });
  const source = filesystem(options, { direct, guarded });
  onTestFinished(() => void source.stop?.());
  const writer = new RecordingWriter();
  /** A tick after the first; its values by metric and mount point. */
  const collect = async (): Promise<Record<string, number>> => {
    const samples = await tick(source, writer);
    return Object.fromEntries(
      [...samples].map(([series, value]) => [
        series.replace(/^node_filesystem_(\w+)\{.*mountpoint="([^"]*)".*$/, '$1 $2'),
        value,
      ]),
    );
  };
  /** The first tick, which waits for local mounts. */
  const first = async (): Promise<Record<string, number>> => {
    const collected = collect();
    for (const path of [...direct.open.keys()]) await direct.answer(path);
    return collected;
  };
  return { fixture, clock, direct, guarded, source, writer, collect, first };
}

const good = (mountPoint: string, readOnly = 0): Record<string, number> => ({
  [`device_error ${mountPoint}`]: 0,
  [`readonly ${mountPoint}`]: readOnly,
  [`size_bytes ${mountPoint}`]: 1000,
  [`free_bytes ${mountPoint}`]: 500,
  [`avail_bytes ${mountPoint}`]: 400,
  [`files ${mountPoint}`]: 10,
  [`files_free ${mountPoint}`]: 5,
});

describe('filesystem', () => {
  test('waits on the first tick for mounts that cannot hang, and for no others', async () => {
    const { first, guarded, collect } = setUp(LOCAL + REMOTE);
    expect(await first()).toEqual(good('/'));
    expect(guarded.asked).toEqual(['/srv/share']);
    await guarded.answer('/srv/share');
    expect(await collect()).toEqual({ ...good('/'), ...good('/srv/share') });
  });

  test('tells the last answer while the next is awaited', async () => {
    const { first, direct, collect } = setUp(LOCAL);
    await first();
    await collect();
    expect(direct.open.size).toBe(1);
    expect(await collect()).toEqual(good('/'));
    expect(direct.open.size).toBe(1);
    await direct.answer('/', { ...CAPACITY, free: 499 });
    expect(await collect()).toMatchObject({ 'free_bytes /': 499 });
  });

  test('stops waiting when its time is up', async () => {
    const { source, writer, direct } = setUp(LOCAL);
    const controller = new AbortController();
    const collected = source.collect({ time: 1, writer, signal: controller.signal });
    controller.abort();
    await collected;
    expect(direct.open.size).toBe(1);
  });

  test('marks a mount that does not answer, asks it again only later, and goes on with the others', async () => {
    const { first, guarded, direct, clock, collect } = setUp(LOCAL + REMOTE);
    await first();
    await guarded.answer('/srv/share');
    await collect();
    await guarded.answer('/srv/share', new StuckMount('/srv/share'));
    const marked = { ...good('/'), 'device_error /srv/share': 1 };
    expect(await collect()).toEqual(marked);
    const asked = guarded.asked.length;
    clock.advance(RETRY_AFTER - 1);
    expect(await collect()).toEqual(marked);
    await direct.answer('/', { ...CAPACITY, free: 3 });
    expect(await collect()).toMatchObject({ 'free_bytes /': 3, 'device_error /srv/share': 1 });
    expect(guarded.asked.length).toBe(asked);
    clock.advance(1);
    expect(await collect()).toMatchObject({ 'device_error /srv/share': 1 });
    expect(guarded.asked.length).toBe(asked + 1);
    await guarded.answer('/srv/share');
    expect(await collect()).toMatchObject(good('/srv/share'));
  });

  test('asks a stuck mount at once when it was unmounted and mounted again', async () => {
    const { fixture, first, guarded, collect } = setUp(REMOTE);
    await first();
    await guarded.answer('/srv/share', new StuckMount('/srv/share'));
    expect(await collect()).toEqual({ 'device_error /srv/share': 1 });
    const asked = guarded.asked.length;
    fixture.write('proc/1/mounts', LOCAL);
    expect(await collect()).toEqual({});
    fixture.write('proc/1/mounts', REMOTE);
    await collect();
    expect(guarded.asked.length).toBe(asked + 1);
  });

  test('keeps the last answer where the question was interrupted, and asks again', async () => {
    const { first, guarded, collect } = setUp(REMOTE);
    await first();
    await guarded.answer('/srv/share');
    await collect();
    await guarded.answer('/srv/share', new StatfsInterrupted());
    const asked = guarded.asked.length;
    expect(await collect()).toEqual(good('/srv/share'));
    expect(guarded.asked.length).toBe(asked + 1);
  });

  test('marks a mount that answers with an error, and asks it again on the next tick', async () => {
    const { first, guarded, collect } = setUp(REMOTE);
    await first();
    await guarded.answer('/srv/share', new Error('EACCES'));
    expect(await collect()).toEqual({ 'device_error /srv/share': 1 });
    await guarded.answer('/srv/share');
    expect(await collect()).toEqual(good('/srv/share'));
  });

  test('asks a local mount that was stuck with care from then on', async () => {
    const { first, direct, guarded, clock, collect } = setUp(LOCAL);
    await first();
    await collect();
    await direct.answer('/', new StuckMount('/'));
    await collect();
    clock.advance(RETRY_AFTER);
    await collect();
    expect(guarded.asked).toEqual(['/']);
  });

  test('lets the other process end when no mount needs it', async () => {
    const { fixture, first, guarded, collect } = setUp(LOCAL + REMOTE);
    await first();
    await collect();
    expect(guarded.closed).toBe(0);
    fixture.write('proc/1/mounts', LOCAL);
    await collect();
    expect(guarded.closed).toBe(1);
  });

  test('leaves out what is excluded, and tells what is mounted twice once', async () => {
    const { first, direct } = setUp(
      `${LOCAL}${LOCAL}/dev/sdb1 /mnt/usb ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\nproc /proc proc rw 0 0\n` +
        '/dev/sdc1 /data xfs ro,noatime 0 0\n',
    );
    expect(await first()).toEqual({ ...good('/'), ...good('/data', 1) });
    expect(direct.asked).toEqual(['/', '/data']);
  });

  test('makes the series of a mount that is gone stale', async () => {
    const { fixture, first, writer, collect } = setUp(`${LOCAL}/dev/sdc1 /data xfs rw 0 0\n`);
    await first();
    fixture.write('proc/1/mounts', LOCAL);
    await collect();
    expect(writer.stale.length).toBe(7);
    expect(writer.stale.every((series) => series.includes('mountpoint="/data"'))).toBe(true);
  });
});

/**
 * A FUSE file system whose server never answers: what an NFS server that is gone looks like. Needs
 * root, /dev/fuse and perl, which makes the system call.
 */
async function mountDeadFuse(folder: string): Promise<() => Promise<void>> {
  const mount = process.arch === 'x64' ? 165 : 40;
  const script = `
    open(my $fuse, "+<", "/dev/fuse") or die $!;
    my $options = "fd=" . fileno($fuse) . ",rootmode=40000,user_id=0,group_id=0";
    my ($device, $folder, $type) = ("dead", $ARGV[0], "fuse");
    syscall(${mount}, $device, $folder, $type, 0, $options) == 0 or die $!;
    $| = 1; print "mounted\\n"; sleep 60;`;
  const server = spawn(PERL, ['-e', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await Promise.race([once(server.stdout, 'data'), once(server, 'exit')])) as [
    unknown,
  ];
  if (!Buffer.isBuffer(line)) {
    rmdirSync(folder);
    throw new Error('the file system could not be mounted');
  }
  return async () => {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
    spawnSync(UMOUNT, ['-l', folder]);
    rmdirSync(folder);
  };
}

const canMount =
  process.getuid?.() === 0 &&
  ['/dev/fuse', PERL, UMOUNT].every((file) => existsSync(file)) &&
  ['x64', 'arm64'].includes(process.arch);
if (!canMount) {
  process.stderr.write('\nSKIPPED: a mount that hangs needs root, /dev/fuse and perl\n\n');
}

describe.runIf(canMount)('filesystem with a mount that really hangs', () => {
  test('marks it, ends the process that hangs in it, and goes on with the others', async () => {
    // Below /run, which node_exporter leaves out, so that no other test meets it.
    const folder = mkdtempSync('/run/kymo-dead-');
    const unmount = await mountDeadFuse(folder);
    const fixture = emptyFixture();
    fixture.write('proc/1/mounts', `/dev/root / ext4 rw 0 0\ndead ${folder} fuse rw 0 0\n`);
    const source = filesystem(
      systemOptions({
        procfs: fixture.procfs,
        sysfs: fixture.sysfs,
        clock: systemClock,
        filesystem: { mountPointsExclude: '^$', deadline: 1500 },
      }),
    );
    try {
      const writer = new RecordingWriter();
      const error = (samples: ReadonlyMap<string, number>): number | undefined =>
        [...samples].find(([series]) => /device_error.*"dead"/.test(series))?.[1];
      let samples = await tick(source, writer);
      expect(error(samples)).toBeUndefined();
      while (error(samples) === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        samples = await tick(source, writer);
        expect(writer.sum('node_filesystem_size_bytes', { mountpoint: '/' })).toBeGreaterThan(0);
      }
      expect(error(samples)).toBe(1);
      expect(writer.sum('node_filesystem_size_bytes', { mountpoint: folder })).toBeUndefined();
      while (statfsProcesses().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      await source.stop?.();
      await unmount();
    }
  });
});

/** Processes of this one that ask file systems and still live. */
function statfsProcesses(): string[] {
  const children = readdirSync(`/proc/${process.pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${process.pid}/task/${thread}/children`, 'utf8').split(' '),
  );
  return children.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('statfs-child');
    } catch {
      return false;
    }
  });
}
