import { RE2JS } from 're2js';
import { group, setting, type Group, type Members, type Setting } from './declaration.js';
import { duration, integer } from './number-types.js';
import { boolean, filePath, regex } from './text-types.js';

/** A source that can be switched on and off: its name is its key. */
export interface SourceSwitch {
  readonly name: string;
  /** What it yields, in a few words. */
  readonly description: string;
  /** Whether it runs where nothing else is said. */
  readonly enabled: boolean;
}

/** Defaults that the host collectors have; they are declared where they are used. */
export interface HostDefaults {
  readonly procfs: string;
  readonly sysfs: string;
  readonly rootfs: string;
  readonly diskstats: { readonly deviceExclude: string };
  readonly filesystem: {
    readonly mountPointsExclude: string;
    readonly fsTypesExclude: string;
    readonly deadline: number;
    readonly retryAfter: number;
  };
  readonly hwmon: { readonly chipExclude: string };
  readonly netclass: { readonly ignoredDevices: string };
  readonly netdev: { readonly deviceExclude: string };
  readonly netstat: { readonly fields: string };
  readonly textfile: { readonly directory: string };
  readonly vmstat: { readonly fields: string };
}

/** The settings that sources have beside their switch, by source. */
export function sourceOptions(host: HostDefaults) {
  return {
    system: {
      procfs: path(host.procfs, "Where the host's /proc is; another folder in a container."),
      sysfs: path(host.sysfs, "Where the host's /sys is; another folder in a container."),
      rootfs: path(
        host.rootfs,
        "Where the host's root is; mount points are named as seen from it.",
      ),
    },
    diskstats: {
      device_exclude: pattern(host.diskstats.deviceExclude, 'Devices that are left out.'),
    },
    filesystem: {
      mount_points_exclude: pattern(
        host.filesystem.mountPointsExclude,
        'Mount points that are left out.',
      ),
      fs_types_exclude: pattern(
        host.filesystem.fsTypesExclude,
        'Types of file system that are left out.',
      ),
      deadline: setting({
        type: duration({ min: 100, max: 60_000 }),
        default: host.filesystem.deadline,
        description: 'Time that a mount may take to answer before it is marked as stuck.',
      }),
      retry_after: setting({
        type: duration({ min: 1000 }),
        default: host.filesystem.retryAfter,
        description: 'Time until a mount that is stuck is asked again.',
      }),
    },
    hwmon: {
      chip_exclude: pattern(host.hwmon.chipExclude, 'Chips (label `chip`) that are left out.'),
    },
    netclass: {
      ignored_devices: pattern(host.netclass.ignoredDevices, 'Devices that are left out.'),
    },
    netdev: {
      device_exclude: pattern(host.netdev.deviceExclude, 'Devices that are left out.'),
    },
    netstat: {
      fields: pattern(host.netstat.fields, 'Fields that are collected, as `<protocol>_<name>`.'),
    },
    textfile: {
      directory: path(host.textfile.directory, 'Folder of `*.prom` files.'),
    },
    vmstat: {
      fields: pattern(host.vmstat.fields, 'Fields that are collected.'),
    },
    http: {
      slow: setting({
        type: duration({ min: 1 }),
        default: 1000,
        description: 'Time from which on an exchange counts as slow (`health="warning"`).',
      }),
      max_label_sets: setting({
        type: integer({ min: 10, max: 100_000 }),
        default: 2000,
        description:
          'Label sets of requests, and of gRPC calls, past which further methods and routes are ' +
          'counted together as `_OTHER`.',
      }),
    },
  };
}

export type SourceOptions = ReturnType<typeof sourceOptions>;

/**
 * The section of each source that there is: its switch, and what it is told.
 * @throws RangeError where a source that has options is not among the sources.
 */
export function sourceMembers(
  sources: readonly SourceSwitch[],
  options: SourceOptions,
): Readonly<Record<string, Group>> {
  const named: Readonly<Record<string, Members | undefined>> = options;
  const missing = Object.keys(options).find((key) => sources.every(({ name }) => name !== key));
  if (missing !== undefined) throw new RangeError(`source ${missing} has settings but no switch`);
  return Object.fromEntries(
    sources.map(({ name, description, enabled }) => [
      name,
      group(description, {
        enabled: setting({
          type: boolean(),
          default: enabled,
          description: `Whether this source is collected: ${description}`,
        }),
        ...named[name],
      }),
    ]),
  );
}

function pattern(byDefault: string, description: string): Setting<string> {
  return setting({
    type: regex((text) => RE2JS.compile(text)),
    default: byDefault,
    description,
  });
}

function path(byDefault: string, description: string): Setting<string> {
  return setting({ type: filePath(), default: byDefault, description });
}
