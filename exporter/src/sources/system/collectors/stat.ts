import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';

/** Families by the first word of the line of /proc/stat that carries them. */
const DESCRIPTORS = {
  intr: {
    name: 'node_intr_total',
    type: 'counter',
    help: 'Interrupts serviced since boot.',
  },
  ctxt: {
    name: 'node_context_switches_total',
    type: 'counter',
    help: 'Context switches since boot.',
  },
  btime: {
    name: 'node_boot_time_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'When this host was booted, in Unix time.',
  },
  processes: {
    name: 'node_forks_total',
    type: 'counter',
    help: 'Processes and threads created since boot.',
  },
  procs_running: {
    name: 'node_procs_running',
    type: 'gauge',
    help: 'Processes that can run.',
  },
  procs_blocked: {
    name: 'node_procs_blocked',
    type: 'gauge',
    help: 'Processes that wait for I/O to complete.',
  },
} as const;

/** Interrupts, context switches, forks, boot time and runnable processes. */
export function stat({ procfs }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'stat'));
  const families = new Map<string, Family>(
    Object.entries(DESCRIPTORS).map(([word, descriptor]) => [word, new Family(descriptor)]),
  );
  return {
    name: 'stat',
    collect: ({ writer }) => {
      const scanner = file.scan();
      let found = 0;
      do {
        const family = families.get(scanner.word());
        if (family === undefined) continue;
        family.set(writer, scanner.number());
        found++;
      } while (scanner.nextLine());
      if (found === 0) throw new NoData(`${file.path} tells nothing but CPU times`);
    },
    stop: () => file.close(),
  };
}
