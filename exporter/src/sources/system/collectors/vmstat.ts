import path from 'node:path';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { NamePattern } from '../pattern.js';
import { FamiliesByName } from '../row.js';

/** Paging, swapping, page faults and kills for lack of memory; a setting chooses the fields. */
export function vmstat({ procfs, vmstat: options }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'vmstat'));
  const wanted = new NamePattern('vmstat.fields', options.fields);
  const families = new FamiliesByName((field) =>
    wanted.matches(field)
      ? {
          name: `node_vmstat_${field}`,
          type: 'unknown',
          help: `Field ${field} of /proc/vmstat.`,
        }
      : undefined,
  );
  return {
    name: 'vmstat',
    collect: ({ writer }) => {
      const scanner = file.scan();
      do {
        if (scanner.atLineEnd) continue;
        families.get(scanner.word())?.set(writer, scanner.number());
      } while (scanner.nextLine());
    },
    stop: () => file.close(),
  };
}
