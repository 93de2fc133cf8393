import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';

/** Entropy that the kernel's random number generator holds. */
export function entropy({ procfs }: SystemOptions): Source {
  const readings = [
    {
      file: new SystemFile(path.join(procfs, 'sys/kernel/random/entropy_avail')),
      family: new Family({
        name: 'node_entropy_available_bits',
        type: 'gauge',
        help: 'Bits of entropy that are available.',
      }),
    },
    {
      file: new SystemFile(path.join(procfs, 'sys/kernel/random/poolsize')),
      family: new Family({
        name: 'node_entropy_pool_size_bits',
        type: 'gauge',
        help: 'Bits of entropy that the pool can hold.',
      }),
    },
  ];
  return {
    name: 'entropy',
    collect: ({ writer }) => {
      for (const { file, family } of readings) family.set(writer, file.scan().number());
    },
    stop: () => {
      for (const { file } of readings) file.close();
    },
  };
}
