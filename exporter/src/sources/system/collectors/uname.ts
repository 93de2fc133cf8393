import { machine } from 'node:os';
import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';

/** What `uname` tells, by the file in /proc/sys/kernel that tells it too. */
const FILES = {
  sysname: 'ostype',
  release: 'osrelease',
  version: 'version',
  nodename: 'hostname',
  domainname: 'domainname',
};

/** Name and release of the kernel, and the host's name. */
export function uname({ procfs }: SystemOptions): Source {
  const files = Object.values(FILES).map(
    (name) => new SystemFile(path.join(procfs, 'sys/kernel', name)),
  );
  const family = new Family({
    name: 'node_uname_info',
    type: 'gauge',
    help: 'What the system call uname tells; the value is always 1.',
    labels: [...Object.keys(FILES), 'machine'],
  });
  return {
    name: 'uname',
    collect: ({ writer }) => {
      family.set(writer, 1, ...files.map((file) => file.scan().rest()), machine());
    },
    stop: () => {
      for (const file of files) file.close();
    },
  };
}
