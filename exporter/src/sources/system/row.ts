import type { SeriesId } from '../../series/reader.js';
import type { SourceWriter } from '../../series/writer.js';
import { Family, type FamilyDescriptor } from '../family.js';

/** A series of a row: its family and its label values. */
export interface Cell {
  readonly family: Family;
  readonly labels: readonly string[];
}

/** The series that belong to one object (a CPU, a device, a mount), by their place in a list. */
export class Row {
  readonly #cells: readonly Cell[];
  readonly #ids: SeriesId[];
  #writer: SourceWriter | undefined;
  #removals = 0;

  constructor(cells: readonly Cell[]) {
    this.#cells = cells;
    this.#ids = new Array<SeriesId>(cells.length).fill(-1);
  }

  /** Stages `value` for the series at `index`. */
  set(writer: SourceWriter, index: number, value: number): void {
    if (writer !== this.#writer || writer.removals !== this.#removals) {
      this.#ids.fill(-1);
      this.#writer = writer;
      this.#removals = writer.removals;
    }
    let id = this.#ids[index];
    if (id < 0 || !writer.has(id)) {
      const { family, labels } = this.#cells[index];
      id = family.id(writer, labels);
      this.#ids[index] = id;
    }
    writer.set(id, value);
  }
}

/** Objects by name (devices, CPUs, mounts); those that are not met in a round are forgotten. */
export class Table<T> {
  readonly #make: (name: string) => T;
  readonly #leave: (object: T) => void;
  readonly #entries = new Map<string, { object: T; round: number }>();
  #round = 0;
  #met = 0;

  constructor(make: (name: string) => T, leave: (object: T) => void = () => undefined) {
    this.#make = make;
    this.#leave = leave;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Begins a round. */
  begin(): void {
    this.#round++;
    this.#met = 0;
  }

  /** The object of this name, made where it is new. */
  get(name: string): T {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = { object: this.#make(name), round: 0 };
      this.#entries.set(name, entry);
    }
    if (entry.round !== this.#round) {
      entry.round = this.#round;
      this.#met++;
    }
    return entry.object;
  }

  /** Ends a round: forgets what was not met since {@link begin}. */
  end(): void {
    if (this.#met === this.#entries.size) return;
    for (const [name, { object, round }] of this.#entries) {
      if (round === this.#round) continue;
      this.#entries.delete(name);
      this.#leave(object);
    }
  }

  /** All objects, in the order in which they were met first. */
  *values(): Generator<T> {
    for (const { object } of this.#entries.values()) yield object;
  }

  /** Forgets everything. */
  clear(): void {
    this.begin();
    this.end();
  }
}

/** A table of rows whose series are all labelled with the name of the object alone. */
export function rowTable(descriptors: readonly FamilyDescriptor[]): Table<Row> {
  const families = descriptors.map((descriptor) => new Family(descriptor));
  return new Table((name) => new Row(families.map((family) => ({ family, labels: [name] }))));
}

/** Families without labels that are named by what the kernel calls them, made as they are met. */
export class FamiliesByName {
  readonly #describe: (name: string) => FamilyDescriptor | undefined;
  readonly #families = new Map<string, Family | undefined>();

  /** @param describe undefined for names that are not collected */
  constructor(describe: (name: string) => FamilyDescriptor | undefined) {
    this.#describe = describe;
  }

  get(name: string): Family | undefined {
    if (this.#families.has(name)) return this.#families.get(name);
    const descriptor = this.#describe(name);
    const family = descriptor === undefined ? undefined : new Family(descriptor);
    this.#families.set(name, family);
    return family;
  }
}
