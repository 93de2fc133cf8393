import path from 'node:path';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { FamiliesByName } from '../row.js';

const BYTES_PER_KIB = 1024;

/** Every field of /proc/meminfo: in bytes, but for those that are counts (huge pages). */
export function meminfo({ procfs }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'meminfo'));
  const describe = (name: string, unit: string) => ({
    name: `node_memory_${name}`,
    type: 'gauge' as const,
    unit,
    help: `Field ${name} of /proc/meminfo.`,
  });
  // `Active(anon)` becomes `Active_anon`.
  const cleaned = (field: string) => field.replace(/\((.*)\)/, '_$1');
  const amounts = new FamiliesByName((field) => describe(`${cleaned(field)}_bytes`, 'bytes'));
  const counts = new FamiliesByName((field) => describe(cleaned(field), ''));
  return {
    name: 'meminfo',
    collect: ({ writer }) => {
      const scanner = file.scan();
      do {
        if (scanner.atLineEnd) continue;
        const at = scanner.position;
        const field = scanner.before(':') ?? scanner.fail(at, 'a field and a colon');
        const value = scanner.number();
        if (scanner.atLineEnd) counts.get(field)?.set(writer, value);
        else amounts.get(field)?.set(writer, value * BYTES_PER_KIB);
      } while (scanner.nextLine());
    },
    stop: () => file.close(),
  };
}
