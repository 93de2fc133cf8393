import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';

/** File descriptors in use and their limit. */
export function filefd({ procfs }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'sys/fs/file-nr'));
  const allocated = new Family({
    name: 'node_filefd_allocated',
    type: 'gauge',
    help: 'File descriptors in use on this host.',
  });
  const maximum = new Family({
    name: 'node_filefd_maximum',
    type: 'gauge',
    help: 'File descriptors that this host can have in use.',
  });
  return {
    name: 'filefd',
    collect: ({ writer }) => {
      const scanner = file.scan();
      allocated.set(writer, scanner.number());
      // Those allocated and not in use, which has been 0 since Linux 2.6.
      scanner.skipWords(1);
      maximum.set(writer, scanner.number());
    },
    stop: () => file.close(),
  };
}
