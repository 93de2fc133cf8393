import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { FamiliesByName } from '../row.js';

const DEFAULT_PAGE_SIZE = 4096;
/** Key of the page size in the auxiliary vector (AT_PAGESZ of <elf.h>). */
const AUXV_PAGE_SIZE = 6;

/** Sockets in use by protocol and the memory that they take. */
export function sockstat({ procfs }: SystemOptions): Source {
  const files = ['net/sockstat', 'net/sockstat6'].map(
    (name) => new SystemFile(path.join(procfs, name)),
  );
  const families = new FamiliesByName((field) => {
    const [protocol, state] = field.split(' ');
    return protocol === 'sockets'
      ? {
          name: `node_sockstat_sockets_${state}`,
          type: 'gauge',
          help: `Sockets of all protocols in state ${state}.`,
        }
      : {
          name: `node_sockstat_${protocol}_${state}`,
          type: 'gauge',
          help: describeState(protocol, state),
        };
  });
  const pageSize = readPageSize();
  return {
    name: 'sockstat',
    collect: ({ writer }) => {
      for (const file of files) {
        const scanner = file.scanIfExists();
        // One of them is absent where IPv4 or IPv6 is off.
        if (scanner === undefined) continue;
        for (; !scanner.atEnd; scanner.nextLine()) {
          const at = scanner.position;
          const protocol = scanner.before(':') ?? scanner.fail(at, 'a protocol and a colon');
          while (!scanner.atLineEnd) {
            const state = scanner.word();
            const value = scanner.number();
            families.get(`${protocol} ${state}`)?.set(writer, value);
            if (state === 'mem') {
              families.get(`${protocol} mem_bytes`)?.set(writer, value * pageSize);
            }
          }
        }
      }
    },
    stop: () => {
      for (const file of files) file.close();
    },
  };
}

function describeState(protocol: string, state: string): string {
  switch (state) {
    case 'mem':
      return `Pages of memory that ${protocol} sockets take.`;
    case 'mem_bytes':
      return `Bytes of memory that ${protocol} sockets take, in whole pages.`;
    case 'memory':
      return `Bytes of memory that ${protocol} takes.`;
    default:
      return `${protocol} sockets in state ${state}.`;
  }
}

/** The kernel's page size, from this process's auxiliary vector: pairs of key and value. */
function readPageSize(): number {
  const wide = !['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch);
  try {
    const bytes = readFileSync('/proc/self/auxv');
    const size = wide ? 8 : 4;
    for (let i = 0; i + 2 * size <= bytes.length; i += 2 * size) {
      // The low half is enough for both; big-endian machines have it behind.
      const low = process.arch === 's390x' ? size - 4 : 0;
      const read = (at: number) =>
        process.arch === 's390x' ? bytes.readUInt32BE(at + low) : bytes.readUInt32LE(at);
      if (read(i) === AUXV_PAGE_SIZE) return read(i + size);
    }
  } catch {
    // Another operating system, or a /proc that is closed.
  }
  return DEFAULT_PAGE_SIZE;
}
