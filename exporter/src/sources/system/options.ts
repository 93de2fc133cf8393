import { systemClock, type Clock } from '../../lib/clock.js';

/** What the host collectors are told. Regular expressions are in RE2 syntax and not anchored. */
export interface SystemOptions {
  /** Where the host's /proc is. */
  readonly procfs: string;
  /** Where the host's /sys is. */
  readonly sysfs: string;
  /** Where the host's root is; mount points are named as seen from it. */
  readonly rootfs: string;
  readonly clock: Clock;
  readonly diskstats: {
    /** Devices that are left out: partitions, RAM disks, loops. */
    readonly deviceExclude: string;
  };
  readonly filesystem: {
    readonly mountPointsExclude: string;
    readonly fsTypesExclude: string;
    /** Milliseconds that a mount may take to answer before it is marked as stuck. */
    readonly deadline: number;
    /** Milliseconds until a mount that is stuck is asked again. */
    readonly retryAfter: number;
  };
  readonly hwmon: {
    /** Chips (label `chip`) that are left out. */
    readonly chipExclude: string;
  };
  readonly netclass: {
    readonly ignoredDevices: string;
  };
  readonly netdev: {
    readonly deviceExclude: string;
  };
  readonly netstat: {
    /** Fields that are collected, as `<protocol>_<name>`. */
    readonly fields: string;
  };
  readonly textfile: {
    /** Folder of `*.prom` files. */
    readonly directory: string;
  };
  readonly vmstat: {
    /** Fields that are collected. */
    readonly fields: string;
  };
}

/** {@link SystemOptions} where everything may be left out. */
export type PartialSystemOptions = {
  readonly [K in keyof SystemOptions]?: K extends 'clock'
    ? Clock
    : SystemOptions[K] extends string
      ? string
      : Partial<SystemOptions[K]>;
};

/**
 * The defaults of node_exporter 1.5 as Debian and Ubuntu package it, so that the series are those of
 * the exporter that is most likely beside. Upstream's own leave in what is mounted below /run, /mnt and
 * /media and the device lo.
 */
export const defaultSystemOptions: SystemOptions = {
  procfs: '/proc',
  sysfs: '/sys',
  rootfs: '/',
  clock: systemClock,
  diskstats: {
    deviceExclude: '^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$',
  },
  filesystem: {
    mountPointsExclude:
      '^/(dev|proc|run|sys|mnt|media|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
    fsTypesExclude:
      '^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$',
    deadline: 5_000,
    retryAfter: 300_000,
  },
  hwmon: { chipExclude: '^$' },
  netclass: { ignoredDevices: '^$' },
  netdev: { deviceExclude: '^lo$' },
  netstat: {
    fields:
      '^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts)|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$',
  },
  textfile: { directory: '/var/lib/prometheus/node-exporter' },
  vmstat: { fields: '^(oom_kill|pgpg|pswp|pg.*fault).*' },
};

/** Fills in the defaults. */
export function systemOptions(given: PartialSystemOptions = {}): SystemOptions {
  const defaults = defaultSystemOptions;
  return {
    procfs: given.procfs ?? defaults.procfs,
    sysfs: given.sysfs ?? defaults.sysfs,
    rootfs: given.rootfs ?? defaults.rootfs,
    clock: given.clock ?? defaults.clock,
    diskstats: { ...defaults.diskstats, ...given.diskstats },
    filesystem: { ...defaults.filesystem, ...given.filesystem },
    hwmon: { ...defaults.hwmon, ...given.hwmon },
    netclass: { ...defaults.netclass, ...given.netclass },
    netdev: { ...defaults.netdev, ...given.netdev },
    netstat: { ...defaults.netstat, ...given.netstat },
    textfile: { ...defaults.textfile, ...given.textfile },
    vmstat: { ...defaults.vmstat, ...given.vmstat },
  };
}
