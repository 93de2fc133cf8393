import { KymoError } from '../lib/errors.js';
import type { ExposedFamily, ExposedSeries } from './exposed.js';
import type { FamilyMetadata } from './metadata.js';
import { checkMetricName } from './names.js';
import type { SeriesId } from './reader.js';

/** A metric family in the head, whatever sources write to it. */
export class Family {
  /** Never used for another family. */
  readonly number: number;
  metadata: FamilyMetadata;
  /** The source that declared the type. */
  source: string;
  /** Series that there are, and those of them that are not stale. */
  series = 0;
  living = 0;
  /**
   * Series by labels without `le` and `quantile`, for a type that has several series a label set:
   * either all of them are kept or none is.
   */
  readonly groups = new Map<string, number>();

  constructor(number: number, metadata: FamilyMetadata, source: string) {
    this.number = number;
    this.metadata = metadata;
    this.source = source;
  }
}

/** The label that tells the series of one histogram or summary apart. */
export function groupLabel(family: Family): 'le' | 'quantile' | undefined {
  switch (family.metadata.type) {
    case 'histogram':
    case 'gaugehistogram':
      return 'le';
    case 'summary':
      return 'quantile';
    default:
      return undefined;
  }
}

/** The families of all sources by name, each of one type at a time. */
export class FamilyTable {
  readonly #families = new Map<string, Family>();
  readonly #onChange: (family: Family) => void;
  #last = 0;

  /** @param onChange called where the metadata of a family that has series changes */
  constructor(onChange: (family: Family) => void) {
    this.#onChange = onChange;
  }

  /**
   * The family of this name, with this metadata from now on.
   * @throws KymoError `metric_conflict`, `bad_name`
   */
  declare(metadata: FamilyMetadata, source: string): Family {
    const { name, type, help, unit = '' } = metadata;
    const family = this.#families.get(name);
    if (family === undefined) {
      checkMetricName(name, source);
      this.#last++;
      const added = new Family(this.#last, { name, type, help, unit }, source);
      this.#families.set(name, added);
      return added;
    }
    const { metadata: old } = family;
    if (old.type !== type) {
      if (family.living > 0) {
        throw new KymoError(
          'metric_conflict',
          `source ${source} declares the metric ${name} as ${type}, but it is a ${old.type} of source ${family.source}; rename one of them, or disable one of these sources`,
        );
      }
      family.source = source;
      family.groups.clear();
    }
    if (old.type !== type || old.help !== help || old.unit !== unit) {
      family.metadata = { name, type, help, unit };
      this.#onChange(family);
    }
    return family;
  }

  /** Forgets a family that has no series any more. */
  release(family: Family): void {
    if (family.series === 0 && this.#families.get(family.metadata.name) === family) {
      this.#families.delete(family.metadata.name);
    }
  }

  [Symbol.iterator](): Iterator<Family> {
    return this.#families.values();
  }

  find(name: string): Family | undefined {
    return this.#families.get(name);
  }

  /** Whether the family has not been forgotten. */
  has(family: Family): boolean {
    return this.#families.get(family.metadata.name) === family;
  }
}

interface Exposure {
  readonly series: Map<SeriesId, ExposedSeries>;
  version: number;
  /** As handed out last; `undefined` after a change. */
  snapshot: ExposedFamily | undefined;
}

/** The families and series that `/metrics` shows. */
export class ExposedFamilies {
  readonly #exposures = new Map<Family, Exposure>();
  #families: readonly ExposedFamily[] | undefined = [];
  #version = 0;

  get version(): number {
    return this.#version;
  }

  add(family: Family, series: ExposedSeries): void {
    let exposure = this.#exposures.get(family);
    if (exposure === undefined) {
      exposure = { series: new Map(), version: 0, snapshot: undefined };
      this.#exposures.set(family, exposure);
    }
    exposure.series.set(series.id, series);
    this.#change(exposure);
  }

  remove(family: Family, id: SeriesId): void {
    const exposure = this.#exposures.get(family);
    if (exposure === undefined || !exposure.series.delete(id)) return;
    if (exposure.series.size === 0) this.#exposures.delete(family);
    this.#change(exposure);
  }

  /** Notes that the metadata of a family changed. */
  touch(family: Family): void {
    const exposure = this.#exposures.get(family);
    if (exposure !== undefined) this.#change(exposure);
  }

  list(): readonly ExposedFamily[] {
    if (this.#families !== undefined) return this.#families;
    const families: ExposedFamily[] = [];
    for (const [{ metadata }, exposure] of this.#exposures) {
      const { version } = exposure;
      exposure.snapshot ??= { metadata, version, series: [...exposure.series.values()] };
      families.push(exposure.snapshot);
    }
    families.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    this.#families = families;
    return families;
  }

  #change(exposure: Exposure): void {
    // One count for all, so that a family that goes and comes back has a version of its own.
    this.#version++;
    exposure.version = this.#version;
    exposure.snapshot = undefined;
    this.#families = undefined;
  }
}
