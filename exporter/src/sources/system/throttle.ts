import path from 'node:path';
import type { SourceWriter } from '../../series/writer.js';
import { Family } from '../family.js';
import { SystemFile } from './file.js';
import { listFolder, readOnce } from './folder.js';

interface Counter {
  readonly file: SystemFile;
  readonly family: Family;
  readonly labels: readonly string[];
}

/**
 * How often cores and packages were throttled because of heat: once a core and once a package, not
 * once a thread. Hosts without thermal control (most virtual machines) have none.
 */
export class ThrottleCounts {
  readonly #folder: string;
  readonly #core = new Family({
    name: 'node_cpu_core_throttles_total',
    type: 'counter',
    help: 'Times that this CPU core has been throttled.',
    labels: ['package', 'core'],
  });
  readonly #package = new Family({
    name: 'node_cpu_package_throttles_total',
    type: 'counter',
    help: 'Times that this CPU package has been throttled.',
    labels: ['package'],
  });
  #counters: readonly Counter[] = [];
  #cpus = 0;

  /** @param folder where `cpu0`, `cpu1` … are */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param cpus how many CPUs there are; the folder is listed again when that changes */
  collect(writer: SourceWriter, cpus: number): void {
    if (cpus !== this.#cpus) {
      this.close();
      this.#counters = this.#list();
      this.#cpus = cpus;
    }
    for (const { file, family, labels } of this.#counters) {
      const value = file.numericAttribute();
      if (value !== undefined) family.set(writer, value, ...labels);
    }
  }

  close(): void {
    for (const { file } of this.#counters) file.close();
    this.#counters = [];
    this.#cpus = 0;
  }

  #list(): readonly Counter[] {
    const names = listFolder(this.#folder).filter((name) => /^cpu\d+$/.test(name));
    const counters = new Map<string, Counter>();
    const add = (file: string, family: Family, labels: string[]): void => {
      const key = labels.join('/');
      const counter = { file: new SystemFile(file), family, labels };
      if (counters.has(key) || counter.file.numericAttribute() === undefined) counter.file.close();
      else counters.set(key, counter);
    };
    for (const name of names) {
      const folder = path.join(this.#folder, name);
      const packageId = readOnce(path.join(folder, 'topology/physical_package_id'));
      const coreId = readOnce(path.join(folder, 'topology/core_id'));
      if (packageId === undefined || coreId === undefined) continue;
      const counts = path.join(folder, 'thermal_throttle');
      add(path.join(counts, 'core_throttle_count'), this.#core, [packageId, coreId]);
      add(path.join(counts, 'package_throttle_count'), this.#package, [packageId]);
    }
    return [...counters.values()];
  }
}
