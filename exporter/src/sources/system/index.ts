import type { Source } from '../source.js';
import { arp } from './collectors/arp.js';
import { bonding } from './collectors/bonding.js';
import { conntrack } from './collectors/conntrack.js';
import { cpu } from './collectors/cpu.js';
import { cpufreq } from './collectors/cpufreq.js';
import { diskstats } from './collectors/diskstats.js';
import { dmi } from './collectors/dmi.js';
import { edac } from './collectors/edac.js';
import { entropy } from './collectors/entropy.js';
import { filefd } from './collectors/filefd.js';
import { filesystem } from './collectors/filesystem.js';
import { hwmon } from './collectors/hwmon.js';
import { loadavg } from './collectors/loadavg.js';
import { meminfo } from './collectors/meminfo.js';
import { netclass } from './collectors/netclass.js';
import { netdev } from './collectors/netdev.js';
import { netstat } from './collectors/netstat.js';
import { nvme } from './collectors/nvme.js';
import { os } from './collectors/os.js';
import { powersupplyclass } from './collectors/powersupplyclass.js';
import { pressure } from './collectors/pressure.js';
import { schedstat } from './collectors/schedstat.js';
import { selinux } from './collectors/selinux.js';
import { sockstat } from './collectors/sockstat.js';
import { softnet } from './collectors/softnet.js';
import { stat } from './collectors/stat.js';
import { textfile } from './collectors/textfile.js';
import { thermalZone } from './collectors/thermal-zone.js';
import { time } from './collectors/time.js';
import { udpQueues } from './collectors/udp-queues.js';
import { uname } from './collectors/uname.js';
import { vmstat } from './collectors/vmstat.js';
import { systemOptions, type PartialSystemOptions, type SystemOptions } from './options.js';
import { portableCollectors } from './portable.js';

export type { PartialSystemOptions, SystemOptions } from './options.js';

/** Makes the source of one collector. */
export type CollectorFactory = (options: SystemOptions) => Source;

export interface Collector {
  readonly create: CollectorFactory;
  /** What it tells, in a few words. */
  readonly description: string;
}

/**
 * The collectors of a Linux host, each in the file of its name; the name is the source's and its key in
 * the configuration.
 */
export const collectors = {
  arp: { create: arp, description: 'entries of the ARP table' },
  bonding: { create: bonding, description: 'bonded network devices' },
  conntrack: { create: conntrack, description: 'the connection tracking table' },
  cpu: { create: cpu, description: 'time of each CPU in each mode, throttling' },
  cpufreq: { create: cpufreq, description: 'frequencies of the CPUs' },
  diskstats: {
    create: diskstats,
    description: 'reads, writes, discards and flushes of block devices',
  },
  dmi: { create: dmi, description: 'vendor, model and firmware of the machine' },
  edac: { create: edac, description: 'memory errors' },
  entropy: { create: entropy, description: 'entropy of the random number generator' },
  filefd: { create: filefd, description: 'file descriptors in use' },
  filesystem: { create: filesystem, description: 'how full file systems are' },
  hwmon: { create: hwmon, description: 'temperatures, fans, voltages and powers' },
  loadavg: { create: loadavg, description: 'load average' },
  meminfo: { create: meminfo, description: 'memory' },
  netclass: { create: netclass, description: 'properties of network devices' },
  netdev: { create: netdev, description: 'bytes, packets and errors of network devices' },
  netstat: { create: netstat, description: 'counters of IP, ICMP, TCP and UDP' },
  nvme: { create: nvme, description: 'NVMe controllers' },
  os: { create: os, description: 'the distribution and its version' },
  powersupplyclass: { create: powersupplyclass, description: 'batteries and mains' },
  pressure: { create: pressure, description: 'time that tasks waited for CPU, memory and I/O' },
  schedstat: { create: schedstat, description: 'time that tasks ran and waited on each CPU' },
  selinux: { create: selinux, description: 'whether SELinux is on' },
  sockstat: { create: sockstat, description: 'sockets in use' },
  softnet: { create: softnet, description: 'how CPUs keep up with received packets' },
  stat: { create: stat, description: 'interrupts, context switches, forks, boot time' },
  textfile: { create: textfile, description: 'metrics that other programs leave in files' },
  thermal_zone: { create: thermalZone, description: 'thermal zones and cooling devices' },
  time: { create: time, description: 'the time, time zone and clock sources' },
  udp_queues: { create: udpQueues, description: 'UDP datagrams that wait in the kernel' },
  uname: { create: uname, description: 'kernel and host name' },
  vmstat: { create: vmstat, description: 'paging, swapping and page faults' },
} satisfies Readonly<Record<string, Collector>>;

export type CollectorName = keyof typeof collectors;

export interface SystemSourcesOptions extends PartialSystemOptions {
  /** Whether a collector is switched on; by default all are. */
  readonly enabled?: (name: CollectorName) => boolean;
  /** Operating system as Node names it; that of this process by default. */
  readonly platform?: NodeJS.Platform;
}

/**
 * The sources that collect this host: from /proc and /sys on Linux, and from what Node tells on other
 * operating systems.
 * @throws KymoError `bad_regex` for an option that is no regular expression
 */
export function systemSources({
  enabled = () => true,
  platform = process.platform,
  ...given
}: SystemSourcesOptions = {}): Source[] {
  const options = systemOptions(given);
  const portable: Readonly<Partial<Record<CollectorName, CollectorFactory>>> = portableCollectors;
  const names = Object.keys(collectors) as CollectorName[];
  return names.filter(enabled).flatMap((name) => {
    const create = platform === 'linux' ? collectors[name].create : portable[name];
    return create === undefined ? [] : [create(options)];
  });
}
