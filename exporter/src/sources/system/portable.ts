import nodeOs, { type CpuInfo, type NetworkInterfaceInfo } from 'node:os';
import path from 'node:path';
import type { SourceWriter } from '../../series/writer.js';
import { Family, type FamilyDescriptor } from '../family.js';
import type { Source } from '../source.js';
import type { SystemOptions } from './options.js';
import { ChildStatfs, type StatfsReader } from './statfs.js';
import { TimeZone } from './time-zone.js';

const MILLISECONDS = 1000;
/** As Node names them, in the order in which node_exporter does. */
const CPU_MODES = ['user', 'nice', 'sys', 'idle', 'irq'] as const;
const CPU_MODE_LABELS = { user: 'user', nice: 'nice', sys: 'system', idle: 'idle', irq: 'irq' };

/** What Node tells of a host on any operating system. */
export interface PortableHost {
  readonly cpus: () => readonly CpuInfo[];
  readonly totalmem: () => number;
  readonly freemem: () => number;
  readonly loadavg: () => readonly number[];
  readonly networkInterfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
  readonly type: () => string;
  readonly release: () => string;
  readonly version: () => string;
  readonly hostname: () => string;
  readonly machine: () => string;
}

const gauge = (name: string, help: string, labels: readonly string[] = []): Family =>
  new Family({ name, type: 'gauge', help, labels } satisfies FamilyDescriptor);

/**
 * Collectors for operating systems without /proc and /sys: what Node tells of any host, with
 * node_exporter's names (for memory those that it has on macOS and BSD).
 * @param host where the values come from
 * @param statfs how file systems are asked
 */
export function makePortableCollectors(
  host: PortableHost,
  statfs?: StatfsReader,
): {
  readonly [name in 'cpu' | 'filesystem' | 'loadavg' | 'meminfo' | 'netclass' | 'time' | 'uname']: (
    options: SystemOptions,
  ) => Source;
} {
  return {
    cpu: () => portableCpu(host),
    filesystem: (options) => portableFilesystem(options, statfs),
    loadavg: () => portableLoadavg(host),
    meminfo: () => portableMeminfo(host),
    netclass: () => portableNetclass(host),
    time: portableTime,
    uname: () => portableUname(host),
  };
}

export const portableCollectors = makePortableCollectors(nodeOs);

function portableCpu(host: PortableHost): Source {
  const seconds = new Family({
    name: 'node_cpu_seconds_total',
    type: 'counter',
    help: 'Seconds that the CPUs spent in each mode.',
    labels: ['cpu', 'mode'],
  });
  return {
    name: 'cpu',
    collect: ({ writer }) => {
      host.cpus().forEach(({ times }, cpu) => {
        for (const mode of CPU_MODES) {
          seconds.set(writer, times[mode] / MILLISECONDS, String(cpu), CPU_MODE_LABELS[mode]);
        }
      });
    },
  };
}

function portableLoadavg(host: PortableHost): Source {
  const families = [1, 5, 15].map((minutes) =>
    gauge(`node_load${minutes}`, `Load average over ${minutes} min.`),
  );
  return {
    name: 'loadavg',
    collect: ({ writer }) => {
      host.loadavg().forEach((load, i) => families[i].set(writer, load));
    },
  };
}

function portableMeminfo(host: PortableHost): Source {
  const total = gauge('node_memory_total_bytes', 'Bytes of memory that this host has.');
  const free = gauge('node_memory_free_bytes', 'Bytes of memory that are free.');
  return {
    name: 'meminfo',
    collect: ({ writer }) => {
      total.set(writer, host.totalmem());
      free.set(writer, host.freemem());
    },
  };
}

function portableNetclass(host: PortableHost): Source {
  const up = gauge('node_network_up', 'Whether the network device is up.', ['device']);
  const info = gauge('node_network_info', 'Network device; the value is always 1.', [
    'device',
    'address',
    'operstate',
  ]);
  return {
    name: 'netclass',
    collect: ({ writer }) => {
      // Node lists only devices that are up and have an address.
      for (const [device, addresses = []] of Object.entries(host.networkInterfaces())) {
        up.set(writer, 1, device);
        info.set(writer, 1, device, addresses[0]?.mac ?? '', 'up');
      }
    },
  };
}

/** The file system of the root (on Windows, of the drive that this process was started from). */
function portableFilesystem(options: SystemOptions, given?: StatfsReader): Source {
  const { clock, filesystem } = options;
  const reader = given ?? new ChildStatfs({ clock, deadline: filesystem.deadline });
  const mountPoint = path.parse(process.cwd()).root;
  const family = (name: string, help: string) =>
    gauge(`node_filesystem_${name}`, help, ['device', 'mountpoint', 'fstype']);
  const size = family('size_bytes', 'Size of the file system.');
  const free = family('free_bytes', 'Bytes that are free.');
  const available = family('avail_bytes', 'Free bytes that others than root may use.');
  const files = family('files', 'Inodes that the file system has.');
  const filesFree = family('files_free', 'Inodes that are free.');
  return {
    name: 'filesystem',
    collect: async ({ writer }) => {
      const capacity = await reader.read(mountPoint);
      const set = (target: Family, value: number, to: SourceWriter = writer): void =>
        target.set(to, value, '', mountPoint, '');
      set(size, capacity.size);
      set(free, capacity.free);
      set(available, capacity.available);
      set(files, capacity.files);
      set(filesFree, capacity.filesFree);
    },
    stop: () => reader.close(),
  };
}

function portableTime({ clock }: SystemOptions): Source {
  const seconds = gauge('node_time_seconds', 'The time of this host, in Unix time.');
  const offset = gauge('node_time_zone_offset_seconds', 'What the time zone adds to UTC.', [
    'time_zone',
  ]);
  const zone = new TimeZone();
  return {
    name: 'time',
    collect: ({ writer }) => {
      const now = clock.now();
      const minutes = -new Date(now).getTimezoneOffset();
      seconds.set(writer, now / MILLISECONDS);
      offset.set(writer, minutes * 60, zone.abbreviation(minutes));
    },
  };
}

function portableUname(host: PortableHost): Source {
  const info = gauge('node_uname_info', 'What the system call uname tells; always 1.', [
    'sysname',
    'release',
    'version',
    'nodename',
    'machine',
  ]);
  return {
    name: 'uname',
    collect: ({ writer }) => {
      const { type, release, version, hostname, machine } = host;
      info.set(writer, 1, type(), release(), version(), hostname(), machine());
    },
  };
}
