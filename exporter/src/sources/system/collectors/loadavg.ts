import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';

/** The load average over 1, 5 and 15 minutes. */
export function loadavg({ procfs }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'loadavg'));
  const families = [1, 5, 15].map(
    (minutes) =>
      new Family({
        name: `node_load${minutes}`,
        type: 'gauge',
        help: `Load average over ${minutes} min.`,
      }),
  );
  return {
    name: 'loadavg',
    collect: ({ writer }) => {
      const scanner = file.scan();
      for (const family of families) family.set(writer, scanner.number());
    },
    stop: () => file.close(),
  };
}
