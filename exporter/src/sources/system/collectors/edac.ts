import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { SystemFile } from '../file.js';
import { listFolder } from '../folder.js';
import type { SystemOptions } from '../options.js';

/** Milliseconds after which memory controllers are looked up again. */
const LIST_EVERY = 30_000;

interface Reading {
  readonly file: SystemFile;
  readonly family: Family;
  readonly labels: readonly string[];
}

/** Memory errors that were corrected and that could not be. */
export function edac({ sysfs, clock }: SystemOptions): Source {
  const folder = path.join(sysfs, 'devices/system/edac/mc');
  const counter = (name: string, help: string, labels: readonly string[]) =>
    new Family({ name: `node_edac_${name}_total`, type: 'counter', help, labels });
  const families = {
    ce: counter('correctable_errors', 'Memory errors corrected.', ['controller']),
    ue: counter('uncorrectable_errors', 'Memory errors that could not be corrected.', [
      'controller',
    ]),
    rowCe: counter('csrow_correctable_errors', 'Memory errors of the row corrected.', [
      'controller',
      'csrow',
    ]),
    rowUe: counter(
      'csrow_uncorrectable_errors',
      'Memory errors of the row that could not be corrected.',
      ['controller', 'csrow'],
    ),
  };
  const list = (): Reading[] =>
    numbered(folder, 'mc').flatMap((controller) => {
      const at = path.join(folder, `mc${controller}`);
      const reading = (file: string, family: Family, ...labels: string[]): Reading => ({
        file: new SystemFile(path.join(at, file)),
        family,
        labels: [controller, ...labels],
      });
      return [
        reading('ce_count', families.ce),
        reading('ue_count', families.ue),
        reading('ce_noinfo_count', families.rowCe, 'unknown'),
        reading('ue_noinfo_count', families.rowUe, 'unknown'),
        ...numbered(at, 'csrow').flatMap((row) => [
          reading(`csrow${row}/ce_count`, families.rowCe, row),
          reading(`csrow${row}/ue_count`, families.rowUe, row),
        ]),
      ];
    });
  let readings: readonly Reading[] = [];
  let listed = -Infinity;
  const close = (): void => readings.forEach(({ file }) => file.close());
  const none = new NoData('this host does not count memory errors');
  return {
    name: 'edac',
    collect: ({ writer }) => {
      if (clock.monotonic() >= listed + LIST_EVERY) {
        listed = clock.monotonic();
        close();
        readings = list();
      }
      if (readings.length === 0) throw none;
      for (const { file, family, labels } of readings) {
        const value = file.numericAttribute();
        if (value !== undefined) family.set(writer, value, ...labels);
      }
    },
    stop: close,
  };
}

/** Of `mc0`, `mc1` … the numbers. */
function numbered(folder: string, prefix: string): string[] {
  return listFolder(folder)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => name.slice(prefix.length));
}
