import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';

const MODES: Readonly<Record<string, number>> = { enforcing: 1, permissive: 0, disabled: -1 };
const UNKNOWN = -1;

/** Whether SELinux is on and whether it enforces its policy. */
export function selinux({ sysfs, rootfs }: SystemOptions): Source {
  const enforce = new SystemFile(path.join(sysfs, 'fs/selinux/enforce'));
  const config = path.join(rootfs, 'etc/selinux/config');
  const enabled = new Family({
    name: 'node_selinux_enabled',
    type: 'gauge',
    help: 'Whether SELinux is on: 1 yes, 0 no.',
  });
  const configured = new Family({
    name: 'node_selinux_config_mode',
    type: 'gauge',
    help: 'Mode that SELinux is configured to start in: 1 enforcing, 0 permissive, -1 disabled.',
  });
  const current = new Family({
    name: 'node_selinux_current_mode',
    type: 'gauge',
    help: 'Mode that SELinux is in: 1 enforcing, 0 permissive.',
  });
  return {
    name: 'selinux',
    collect: ({ writer }) => {
      // The file is there only where the kernel has mounted selinuxfs.
      if (!existsSync(enforce.path)) {
        enabled.set(writer, 0);
        return;
      }
      enabled.set(writer, 1);
      configured.set(writer, configuredMode(config));
      current.set(writer, enforce.numericAttribute() ?? UNKNOWN);
    },
    stop: () => enforce.close(),
  };
}

function configuredMode(file: string): number {
  try {
    const mode = /^\s*SELINUX\s*=\s*(\w+)/m.exec(readFileSync(file, 'utf8'))?.[1];
    return MODES[mode?.toLowerCase() ?? ''] ?? UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}
