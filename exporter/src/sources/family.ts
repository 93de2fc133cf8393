import type { FamilyMetadata } from '../series/metadata.js';
import type { SeriesId } from '../series/reader.js';
import type { FamilyHandle, SourceWriter } from '../series/writer.js';

/** What a source declares of a family: metadata and the label names, in the order of `set`. */
export interface FamilyDescriptor extends FamilyMetadata {
  readonly labels?: readonly string[];
}

/**
 * A family with fixed label names, whose series are found again by their label values without
 * building label sets.
 */
export class Family {
  readonly #descriptor: FamilyDescriptor;
  readonly #names: readonly string[];
  readonly #ids = new Map<string, SeriesId>();
  #writer: SourceWriter | undefined;
  #removals = 0;
  #handle: FamilyHandle | undefined;

  constructor(descriptor: FamilyDescriptor) {
    this.#descriptor = descriptor;
    this.#names = descriptor.labels ?? [];
  }

  /** Stages `value` for the series with these label values (one for each declared name). */
  set(writer: SourceWriter, value: number, ...labelValues: readonly string[]): void {
    writer.set(this.id(writer, labelValues), value);
  }

  /** The series with these label values. */
  id(writer: SourceWriter, labelValues: readonly string[]): SeriesId {
    if (
      writer !== this.#writer ||
      this.#handle === undefined ||
      writer.removals !== this.#removals
    ) {
      this.#ids.clear();
      this.#removals = writer.removals;
      this.#handle = writer.family(this.#descriptor);
      this.#writer = writer;
    }
    const key = labelValues.length === 1 ? labelValues[0] : labelValues.join('\uffff');
    let id = this.#ids.get(key);
    if (id === undefined || !writer.has(id)) {
      const labels: Record<string, string> = {};
      for (let i = 0; i < this.#names.length; i++) labels[this.#names[i]] = labelValues[i];
      id = writer.series(this.#handle, labels);
      this.#ids.set(key, id);
    }
    return id;
  }
}
