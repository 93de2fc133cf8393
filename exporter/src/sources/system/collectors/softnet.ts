import path from 'node:path';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { rowTable } from '../row.js';

/** The first columns of /proc/net/softnet_stat, hexadecimal. */
const COLUMNS = [
  { name: 'processed', help: 'Packets processed.' },
  { name: 'dropped', help: 'Packets dropped because the queue was full.' },
  { name: 'times_squeezed', help: 'Times that packets were left when the budget was used up.' },
];
/** Since Linux 5.10 this column tells the CPU; offline CPUs have no line. */
const CPU_COLUMN = 12;

/** How each CPU keeps up with received packets. */
export function softnet({ procfs }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'net/softnet_stat'));
  const rows = rowTable(
    COLUMNS.map(({ name, help }) => ({
      name: `node_softnet_${name}_total`,
      type: 'counter',
      help,
      labels: ['cpu'],
    })),
  );
  return {
    name: 'softnet',
    collect: ({ writer }) => {
      const scanner = file.scan();
      rows.begin();
      for (let line = 0; !scanner.atEnd; line++, scanner.nextLine()) {
        const values = COLUMNS.map(() => scanner.hex());
        scanner.skipWords(CPU_COLUMN - COLUMNS.length);
        const cpu = scanner.atLineEnd ? line : scanner.hex();
        const row = rows.get(String(cpu));
        values.forEach((value, i) => row.set(writer, i, value));
      }
      rows.end();
    },
    stop: () => file.close(),
  };
}
