import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { errorCode, SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import type { Scanner } from '../scanner.js';

const MICROSECONDS = 1e6;

const counter = (name: string, help: string) =>
  new Family({ name: `node_pressure_${name}_seconds_total`, type: 'counter', help });

/** How long tasks waited because CPU, memory or I/O were short (pressure stall information). */
export function pressure({ procfs }: SystemOptions): Source {
  const file = (name: string) => new SystemFile(path.join(procfs, 'pressure', name));
  const resources: { file: SystemFile; some: Family; full?: Family }[] = [
    {
      file: file('cpu'),
      some: counter('cpu_waiting', 'Seconds in which tasks waited for CPU time.'),
    },
    {
      file: file('io'),
      some: counter('io_waiting', 'Seconds in which tasks waited for I/O.'),
      full: counter('io_stalled', 'Seconds in which no task got on because of I/O.'),
    },
    {
      file: file('memory'),
      some: counter('memory_waiting', 'Seconds in which tasks waited for memory.'),
      full: counter('memory_stalled', 'Seconds in which no task got on for want of memory.'),
    },
  ];
  return {
    name: 'pressure',
    collect: ({ writer }) => {
      for (const { file, some, full } of resources) {
        const scanner = open(file);
        do {
          const family = { some, full }[scanner.word()];
          if (family !== undefined) family.set(writer, readTotal(scanner) / MICROSECONDS);
        } while (scanner.nextLine());
      }
    },
    stop: () => {
      for (const { file } of resources) file.close();
    },
  };
}

function open(file: SystemFile): Scanner {
  try {
    return file.scan();
  } catch (thrown) {
    const code = thrown instanceof Error ? errorCode(thrown.cause) : undefined;
    if (code !== 'EOPNOTSUPP' && code !== 'ENOTSUP') throw thrown;
    throw new NoData('pressure stall information is off; the kernel parameter psi=1 turns it on');
  }
}

/** Of a line such as `some avg10=0.00 avg60=0.00 avg300=0.00 total=0` the last. */
function readTotal(scanner: Scanner): number {
  const at = scanner.position;
  while (!scanner.atLineEnd) {
    if (scanner.before('=')?.endsWith('total') ?? true) return scanner.number();
  }
  return scanner.fail(at, 'total=');
}
