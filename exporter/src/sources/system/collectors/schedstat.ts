import path from 'node:path';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { rowTable } from '../row.js';

const NANOSECONDS = 1e9;
/** Columns of a `cpu` line that are older than what is collected. */
const SKIPPED_COLUMNS = 6;
const COLUMNS = [
  {
    name: 'running_seconds_total',
    help: 'Seconds that the CPU ran tasks.',
    divisor: NANOSECONDS,
  },
  {
    name: 'waiting_seconds_total',
    help: 'Seconds that tasks waited for the CPU.',
    divisor: NANOSECONDS,
  },
  { name: 'timeslices_total', help: 'Time slices that the CPU ran.', divisor: 1 },
];

/** Times that tasks ran and waited on each CPU; the kernel tells them where it counts them. */
export function schedstat({ procfs }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'schedstat'));
  const rows = rowTable(
    COLUMNS.map(({ name, help }) => ({
      name: `node_schedstat_${name}`,
      type: 'counter',
      help,
      labels: ['cpu'],
    })),
  );
  return {
    name: 'schedstat',
    collect: ({ writer }) => {
      const scanner = file.scan();
      rows.begin();
      do {
        const word = scanner.word();
        if (!/^cpu\d+$/.test(word)) continue;
        const row = rows.get(word.slice(3));
        scanner.skipWords(SKIPPED_COLUMNS);
        COLUMNS.forEach(({ divisor }, i) => row.set(writer, i, scanner.number() / divisor));
      } while (scanner.nextLine());
      rows.end();
    },
    stop: () => file.close(),
  };
}
