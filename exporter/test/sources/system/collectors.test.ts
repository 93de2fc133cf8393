import fc from 'fast-check';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '../../../src/lib/clock.js';
import { NoData, type Source } from '../../../src/sources/source.js';
import {
  collectors,
  type CollectorName,
  type PartialSystemOptions,
} from '../../../src/sources/system/index.js';
import { systemOptions } from '../../../src/sources/system/options.js';
import { RecordingWriter, render, tick } from './collection.js';
import { emptyFixture, unpack, type Fixture } from './fixture.js';

const names = Object.keys(collectors) as CollectorName[];

function start(
  name: CollectorName,
  fixture: Fixture,
  more: PartialSystemOptions = {},
): {
  source: Source;
  writer: RecordingWriter;
  collect: () => Promise<ReadonlyMap<string, number>>;
} {
  const { procfs, sysfs, rootfs } = fixture;
  const textfile = { directory: path.join(rootfs, 'textfile') };
  const clock = new ManualClock(1_760_000_000_000);
  const options = systemOptions({ procfs, sysfs, rootfs, textfile, clock, ...more });
  const source = collectors[name].create(options);
  onTestFinished(async () => source.stop?.());
  const writer = new RecordingWriter();
  return { source, writer, collect: () => tick(source, writer) };
}

/** The files that collectors cannot do without, or read line by line. */
const FILES: [CollectorName, string][] = [
  ['arp', 'proc/net/arp'],
  ['conntrack', 'proc/net/stat/nf_conntrack'],
  ['conntrack', 'proc/sys/net/netfilter/nf_conntrack_count'],
  ['cpu', 'proc/stat'],
  ['diskstats', 'proc/diskstats'],
  ['entropy', 'proc/sys/kernel/random/entropy_avail'],
  ['filefd', 'proc/sys/fs/file-nr'],
  ['filesystem', 'proc/1/mounts'],
  ['loadavg', 'proc/loadavg'],
  ['meminfo', 'proc/meminfo'],
  ['netdev', 'proc/net/dev'],
  ['netstat', 'proc/net/netstat'],
  ['netstat', 'proc/net/snmp'],
  ['netstat', 'proc/net/snmp6'],
  ['pressure', 'proc/pressure/io'],
  ['schedstat', 'proc/schedstat'],
  ['sockstat', 'proc/net/sockstat'],
  ['softnet', 'proc/net/softnet_stat'],
  ['stat', 'proc/stat'],
  ['udp_queues', 'proc/net/udp'],
  ['uname', 'proc/sys/kernel/osrelease'],
  ['vmstat', 'proc/vmstat'],
];

/** File systems answer behind the tick. */
function recovered(collect: () => Promise<ReadonlyMap<string, number>>): Promise<void> {
  return vi.waitFor(async () => expect((await collect()).size).toBeGreaterThan(0), 20_000);
}

describe('each host collector', () => {
  test.each(names)('%s has no data, or nothing to tell, on a host without files', async (name) => {
    const { collect } = start(name, emptyFixture());
    const outcome = await collect().catch((thrown: unknown) => thrown);
    if (outcome instanceof Map) {
      // What does not come from files, and marks of what is absent.
      const told = [...(outcome as Map<string, number>).keys()].map((s) => s.replace(/\{.*/, ''));
      const known = ['node_time_seconds', 'node_time_zone_offset_seconds'];
      const absent = ['node_selinux_enabled', 'node_textfile_scrape_error'];
      expect(told.filter((series) => ![...known, ...absent].includes(series))).toEqual([]);
    } else expect(outcome).toBeInstanceOf(NoData);
  });

  test.each(names)('%s yields the same from the same files, tick after tick', async (name) => {
    const { collect } = start(name, unpack('server'));
    const first = render(await collect());
    expect(first).not.toBe('');
    expect(render(await collect())).toBe(first);
    expect(render(await collect())).toBe(first);
  });

  test.each(FILES)('%s fails where %s cannot be read, and recovers', async (name, file) => {
    const fixture = unpack('server', ['proc/']);
    const content = fixture.read(file);
    fixture.remove(file);
    mkdirSync(path.join(path.dirname(fixture.procfs), file));
    const { collect } = start(name, fixture);
    await expect(collect()).rejects.toThrow('EISDIR');
    await expect(collect()).rejects.not.toBeInstanceOf(NoData);
    rmSync(path.join(path.dirname(fixture.procfs), file), { recursive: true });
    fixture.write(file, content);
    await recovered(collect);
  });

  test.each(FILES)(
    '%s either reads %s or says where it is wrong, whatever is in it',
    async (name, file) => {
      const fixture = unpack('server', ['proc/']);
      const content = fixture.read(file);
      const { collect } = start(name, fixture);
      const damage = fc.record({
        at: fc.nat(content.length),
        length: fc.nat(12),
        text: fc.oneof(
          fc.string({ maxLength: 8 }),
          fc.constantFrom('', '\n', ' ', '-1', 'x', ':', '0x', '\0', '99999999999999999999999'),
        ),
      });
      await fc.assert(
        fc.asyncProperty(damage, async ({ at, length, text }) => {
          fixture.write(file, content.slice(0, at) + text + content.slice(at + length));
          const outcome = await collect().catch((thrown: unknown) => thrown);
          if (outcome instanceof Map) return;
          expect(outcome).toBeInstanceOf(Error);
          const { message } = outcome as Error;
          expect(outcome instanceof NoData || message.includes(path.basename(file))).toBe(true);
        }),
        { numRuns: 60 },
      );
      fixture.write(file, content);
      await recovered(collect);
    },
  );
});

describe('cpu', () => {
  const line = (cpu: string, ticks: readonly number[]): string => `${cpu} ${ticks.join(' ')}\n`;
  const busy = [100, 0, 50, 1000, 10, 0, 0, 0, 0, 0];

  function setUp(text: string) {
    const fixture = emptyFixture();
    fixture.write('proc/stat', text);
    const started = start('cpu', fixture);
    const seconds = (mode: string, cpu = '0'): number | undefined =>
      started.writer.sum('node_cpu_seconds_total', { mode, cpu });
    return { fixture, ...started, seconds };
  }

  test('keeps times that go back by a little', async () => {
    const { fixture, collect, seconds } = setUp(line('cpu0', busy));
    await collect();
    fixture.write('proc/stat', line('cpu0', [100, 0, 51, 998, 9, 0, 0, 0, 0, 0]));
    await collect();
    expect([seconds('idle'), seconds('iowait'), seconds('system')]).toEqual([10, 0.1, 0.51]);
  });

  test('takes all times of a CPU that was away as they are', async () => {
    const { fixture, collect, seconds } = setUp(line('cpu0', busy));
    await collect();
    fixture.write('proc/stat', line('cpu0', [3, 0, 2, 1, 0, 0, 0, 0, 0, 0]));
    await collect();
    expect([seconds('idle'), seconds('user'), seconds('system')]).toEqual([0.01, 0.03, 0.02]);
  });

  test('tells a CPU that appears, and makes the series of one that vanishes stale', async () => {
    const { fixture, collect, seconds, writer } = setUp(line('cpu0', busy));
    await collect();
    expect(seconds('idle', '1')).toBeUndefined();
    fixture.write('proc/stat', line('cpu0', busy) + line('cpu1', busy));
    await collect();
    expect(seconds('idle', '1')).toBe(10);
    fixture.write('proc/stat', line('cpu1', busy));
    await collect();
    expect(seconds('idle', '0')).toBeUndefined();
    expect(writer.stale.length).toBe(10);
    expect(writer.stale.every((series) => series.includes('cpu="0"'))).toBe(true);
  });

  test('reads the shorter lines of old kernels', async () => {
    const { collect } = setUp(line('cpu0', busy.slice(0, 7)));
    expect((await collect()).size).toBe(7);
  });

  test('reads the throttling of a CPU that appears', async () => {
    const { fixture, collect, writer } = setUp(line('cpu0', busy));
    const throttles = (): number | undefined => writer.sum('node_cpu_core_throttles_total');
    const folder = 'sys/devices/system/cpu/cpu1';
    fixture.write('sys/devices/system/cpu/cpu0/topology/core_id', '0');
    await collect();
    expect(throttles()).toBeUndefined();
    fixture.write(`${folder}/topology/core_id`, '1');
    fixture.write(`${folder}/topology/physical_package_id`, '0');
    fixture.write(`${folder}/thermal_throttle/core_throttle_count`, '7');
    fixture.write('proc/stat', line('cpu0', busy) + line('cpu1', busy));
    await collect();
    expect(throttles()).toBe(7);
  });
});

describe('network devices', () => {
  test('that vanish become stale, and those that appear are told at once', async () => {
    const fixture = unpack('server', ['proc/net/', 'sys/class/net/']);
    const dev = fixture.read('proc/net/dev');
    const netdev = start('netdev', fixture);
    const netclass = start('netclass', fixture);
    await netdev.collect();
    await netclass.collect();
    fixture.write('proc/net/dev', dev.replace('eth0:', 'eth9:'));
    fixture.remove('sys/class/net/eth0');
    fixture.write('sys/class/net/eth9/operstate', 'up\n');
    await netdev.collect();
    await netclass.collect();
    expect(netdev.writer.stale.length).toBe(17);
    expect(netdev.writer.sum('node_network_receive_bytes_total', { device: 'eth9' })).toBe(
      9000000123,
    );
    expect(netclass.writer.stale.every((series) => series.includes('device="eth0"'))).toBe(true);
    expect(netclass.writer.sum('node_network_up', { device: 'eth9' })).toBe(1);
  });

  test('that have counters which go back are told as they are', async () => {
    const fixture = unpack('server', ['proc/net/', 'sys/class/net/']);
    const { collect, writer } = start('netdev', fixture);
    await collect();
    fixture.write('proc/net/dev', fixture.read('proc/net/dev').replace('9000000123', '17'));
    await collect();
    expect(writer.sum('node_network_receive_bytes_total', { device: 'eth0' })).toBe(17);
  });

  test('tell what they refused while they were down as soon as they are up', async () => {
    const fixture = unpack('server', ['proc/net/', 'sys/class/net/']);
    const { collect, writer } = start('netclass', fixture);
    const carrier = (): number | undefined =>
      writer.sum('node_network_carrier', { device: 'bond0' });
    for (let i = 0; i < 6; i++) await collect();
    expect(carrier()).toBeUndefined();
    fixture.write('sys/class/net/bond0/carrier', '1\n');
    fixture.write('sys/class/net/bond0/duplex', 'full\n');
    await collect();
    expect(carrier()).toBeUndefined();
    fixture.write('sys/class/net/bond0/flags', '0x1403\n');
    await collect();
    expect(carrier()).toBe(1);
    await collect();
    expect(writer.sum('node_network_info', { device: 'bond0', duplex: 'full' })).toBe(1);
  });

  test('are read in turn where there are many, and all are told on every tick', async () => {
    const fixture = emptyFixture();
    const all = Array.from({ length: 40 }, (_, i) => `veth${i}`);
    for (const device of all) fixture.write(`sys/class/net/${device}/mtu`, '1500\n');
    const { collect, writer } = start('netclass', fixture);
    const sum = (): number | undefined => writer.sum('node_network_mtu_bytes');
    await collect();
    expect(sum()).toBe(40 * 1500);
    for (const device of all) fixture.write(`sys/class/net/${device}/mtu`, '9000\n');
    await collect();
    expect(sum()).toBeGreaterThan(40 * 1500);
    expect(sum()).toBeLessThan(40 * 9000);
    for (let i = 0; i < 4; i++) await collect();
    expect(sum()).toBe(40 * 9000);
  });

  test('are left out by pattern', async () => {
    const fixture = unpack('server', ['proc/net/', 'sys/class/net/']);
    const netdev = start('netdev', fixture, { netdev: { deviceExclude: '^(bond.*|lo)$' } });
    await netdev.collect();
    expect(netdev.writer.sum('node_network_receive_bytes_total')).toBe(9000000123);
    const netclass = start('netclass', fixture, { netclass: { ignoredDevices: '^(eth|lo)' } });
    await netclass.collect();
    expect(netclass.writer.sum('node_network_mtu_bytes')).toBe(1500);
  });
});

describe('diskstats', () => {
  test('notices a disk that is exchanged for another', async () => {
    const fixture = unpack('server', ['proc/diskstats', 'root/']);
    const { collect, writer } = start('diskstats', fixture);
    await collect();
    const serial = (): number | undefined => writer.sum('node_disk_info', { serial: 'S123' });
    expect(serial()).toBe(1);
    fixture.write(
      'proc/diskstats',
      fixture.read('proc/diskstats').replace('8       0 sda', '8      16 sda'),
    );
    await collect();
    expect(serial()).toBeUndefined();
    expect(writer.sum('node_disk_info', { device: 'sda', minor: '16' })).toBe(1);
  });

  test('reads what udev has learnt meanwhile', async () => {
    const fixture = unpack('server', ['proc/diskstats', 'root/']);
    const { collect, writer } = start('diskstats', fixture);
    await collect();
    expect(writer.sum('node_disk_info', { model: 'NEW' })).toBeUndefined();
    fixture.write('root/run/udev/data/b259:0', 'E:ID_MODEL=NEW\n');
    for (let i = 0; i < 31; i++) await collect();
    expect(writer.sum('node_disk_info', { device: 'nvme0n1', model: 'NEW' })).toBe(1);
  });
});

describe('options', () => {
  test('choose fields', async () => {
    const fixture = unpack('server', ['proc/']);
    const vmstat = start('vmstat', fixture, { vmstat: { fields: '^nr_free' } });
    expect(render(await vmstat.collect())).toBe('node_vmstat_nr_free_pages 308641\n');
    const netstat = start('netstat', fixture, { netstat: { fields: 'MaxConn|^Ip6_InReceives$' } });
    expect(render(await netstat.collect())).toBe(
      'node_netstat_Ip6_InReceives 77\nnode_netstat_Tcp_MaxConn -1\n',
    );
  });

  test('leave out chips', async () => {
    const fixture = unpack('server', [
      'sys/class/hwmon',
      'sys/devices/platform',
      'sys/devices/virtual',
    ]);
    const { collect } = start('hwmon', fixture, { hwmon: { chipExclude: 'nct|coretemp' } });
    expect((await collect()).size).toBe(0);
  });

  test('that are no regular expressions are refused with their name', () => {
    expect(() => start('netdev', emptyFixture(), { netdev: { deviceExclude: '(' } })).toThrow(
      'cannot parse the regular expression "(" of netdev.device_exclude',
    );
  });
});

describe('os', () => {
  test('reads the other file where the first is missing, and a change of it', async () => {
    const fixture = emptyFixture();
    fixture.write('root/usr/lib/os-release', 'ID=one\nVERSION_ID=rolling\n');
    const { collect } = start('os', fixture);
    expect(render(await collect())).toBe('node_os_info{id="one", version_id="rolling"} 1\n');
    fixture.write('root/etc/os-release', 'ID="two" \nVERSION_ID="3"\nNAME="A \\$B"\n');
    expect(render(await collect())).toBe(
      'node_os_info{id="two", name="A $B", version_id="3"} 1\nnode_os_version{id="two", name="A $B"} 3\n',
    );
  });
});

describe('selinux', () => {
  test.each([
    ['enforcing', 1],
    ['permissive', 0],
    ['disabled', -1],
    ['nonsense', -1],
  ])('knows the mode %s', async (word, mode) => {
    const fixture = unpack('server', ['sys/fs/']);
    fixture.write('root/etc/selinux/config', `SELINUXTYPE=x\n SELINUX = ${word}\n`);
    const { collect, writer } = start('selinux', fixture);
    await collect();
    expect(writer.sum('node_selinux_config_mode')).toBe(mode);
    expect(writer.sum('node_selinux_current_mode')).toBe(1);
  });
});
