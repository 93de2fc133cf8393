import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.js';
import type { Source } from '../../../src/sources/source.js';
import { systemSources } from '../../../src/sources/system/index.js';
import { systemOptions } from '../../../src/sources/system/options.js';
import { makePortableCollectors, type PortableHost } from '../../../src/sources/system/portable.js';
import { Collection, render, RecordingWriter, tick } from './collection.js';

const times = (user: number) => ({ user, nice: 20, sys: 30, idle: 4000, irq: 5 });
const host: PortableHost = {
  cpus: () => [
    { model: 'M', speed: 2400, times: times(1500) },
    { model: 'M', speed: 2400, times: times(2500) },
  ],
  totalmem: () => 16_000,
  freemem: () => 4_000,
  loadavg: () => [0.5, 1, 1.5],
  networkInterfaces: () => ({
    en0: [
      {
        address: '192.0.2.7',
        netmask: '255.255.255.0',
        family: 'IPv4',
        mac: '02:00:5e:00:00:01',
        internal: false,
        cidr: '192.0.2.7/24',
      },
    ],
  }),
  type: () => 'Darwin',
  release: () => '25.0.0',
  version: () => 'Darwin Kernel Version 25.0.0',
  hostname: () => 'laptop',
  machine: () => 'arm64',
};
const statfs = {
  read: () => Promise.resolve({ size: 100, free: 60, available: 50, files: 9, filesFree: 8 }),
  close: () => undefined,
};

describe('collectors for other operating systems', () => {
  test('tell what Node does, with the names of node_exporter', async () => {
    const factories = makePortableCollectors(host, statfs);
    const options = systemOptions({ clock: new ManualClock(1_760_000_000_000) });
    const sources: Source[] = Object.values(factories).map((create) => create(options));
    expect(sources.map(({ name }) => name)).toEqual(Object.keys(factories));
    const collection = new Collection(sources);
    const samples = await collection.tick();
    const offsets = [...samples.keys()].filter((series) => series.includes('time_zone'));
    expect(offsets.length).toBe(1);
    samples.delete(offsets[0]);
    expect(render(samples)).toBe(
      [
        'node_cpu_seconds_total{cpu="0", mode="idle"} 4',
        'node_cpu_seconds_total{cpu="0", mode="irq"} 0.005',
        'node_cpu_seconds_total{cpu="0", mode="nice"} 0.02',
        'node_cpu_seconds_total{cpu="0", mode="system"} 0.03',
        'node_cpu_seconds_total{cpu="0", mode="user"} 1.5',
        'node_cpu_seconds_total{cpu="1", mode="idle"} 4',
        'node_cpu_seconds_total{cpu="1", mode="irq"} 0.005',
        'node_cpu_seconds_total{cpu="1", mode="nice"} 0.02',
        'node_cpu_seconds_total{cpu="1", mode="system"} 0.03',
        'node_cpu_seconds_total{cpu="1", mode="user"} 2.5',
        'node_filesystem_avail_bytes{mountpoint="/"} 50',
        'node_filesystem_files_free{mountpoint="/"} 8',
        'node_filesystem_files{mountpoint="/"} 9',
        'node_filesystem_free_bytes{mountpoint="/"} 60',
        'node_filesystem_size_bytes{mountpoint="/"} 100',
        'node_load1 0.5',
        'node_load15 1.5',
        'node_load5 1',
        'node_memory_free_bytes 4000',
        'node_memory_total_bytes 16000',
        'node_network_info{address="02:00:5e:00:00:01", device="en0", operstate="up"} 1',
        'node_network_up{device="en0"} 1',
        'node_time_seconds 1760000000',
        'node_uname_info{machine="arm64", nodename="laptop", release="25.0.0", sysname="Darwin", version="Darwin Kernel Version 25.0.0"} 1',
        '',
      ].join('\n'),
    );
    await collection.stop();
  });

  test('are those that run where the system is not Linux, also on the real host', async () => {
    const sources = systemSources({ platform: 'darwin' });
    expect(sources.map(({ name }) => name)).toEqual([
      'cpu',
      'filesystem',
      'loadavg',
      'meminfo',
      'netclass',
      'time',
      'uname',
    ]);
    const collection = new Collection(sources);
    const samples = await collection.tick();
    expect(samples.get('node_memory_total_bytes')).toBeGreaterThan(0);
    expect(samples.get('node_filesystem_size_bytes{mountpoint="/"}')).toBeGreaterThan(0);
    await collection.stop();
  });

  test('fail where the file system does, and not otherwise', async () => {
    const broken = { ...statfs, read: () => Promise.reject(new Error('EIO')) };
    const { filesystem, cpu } = makePortableCollectors(host, broken);
    await expect(tick(filesystem(systemOptions()), new RecordingWriter())).rejects.toThrow('EIO');
    expect((await tick(cpu(systemOptions()), new RecordingWriter())).size).toBe(10);
  });
});
