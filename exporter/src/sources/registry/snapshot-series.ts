import type { SeriesId } from '../../series/reader.js';
import type { FamilyHandle, SampleSuffix } from '../../series/writer.js';
import { labelsOf } from './labels.js';
import type { MetricSnapshot, SnapshotValue } from './shapes.js';
import { exemplarOf, type Target, typeOf } from './target.js';

const SUFFIXES: readonly SampleSuffix[] = ['_bucket', '_sum', '_count'];

/** Samples what a metric's `get()` answers: for metrics that keep their values in another way. */
export class SnapshotSeries {
  readonly #target: Target;
  /** By suffix or foreign name, then by labels. */
  readonly #ids = new Map<string, Map<string, SeriesId>>();

  constructor(target: Target) {
    this.#target = target;
  }

  stage(snapshot: MetricSnapshot): void {
    const { writer } = this.#target;
    for (const value of snapshot.values) {
      const id = this.#id(snapshot, value);
      writer.set(id, value.value);
      const { exemplar } = value;
      if (exemplar !== undefined && exemplar !== null) writer.setExemplar(id, exemplarOf(exemplar));
    }
  }

  #id(snapshot: MetricSnapshot, value: SnapshotValue): SeriesId {
    const { writer, defaults } = this.#target;
    const name = value.metricName ?? snapshot.name;
    let ids = this.#ids.get(name);
    if (ids === undefined) {
      ids = new Map();
      this.#ids.set(name, ids);
    }
    let key = '';
    for (const label in value.labels) key += `${label}\uffff${value.labels[label]}\uffff`;
    let id = ids.get(key);
    if (id === undefined || !writer.has(id)) {
      const { family, suffix } = this.#place(snapshot, name);
      id = writer.series(family, labelsOf(value.labels, defaults), suffix);
      ids.set(key, id);
    }
    return id;
  }

  #place(
    snapshot: MetricSnapshot,
    name: string,
  ): { family: FamilyHandle; suffix: SampleSuffix | undefined } {
    const { writer, metadata } = this.#target;
    if (name === snapshot.name) return { family: writer.family(metadata), suffix: undefined };
    const suffix = SUFFIXES.find((candidate) => name === snapshot.name + candidate);
    if (suffix !== undefined) return { family: writer.family(metadata), suffix };
    // A metric may answer values under another name; they are a family of their own.
    const foreign = { name, type: typeOf(snapshot.type), help: snapshot.help };
    return { family: writer.family(foreign), suffix: undefined };
  }
}
