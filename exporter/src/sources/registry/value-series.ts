import type { SeriesId } from '../../series/reader.js';
import type { EntryVisitor } from './entry-list.js';
import { labelsOf } from './labels.js';
import type { ValueEntry } from './shapes.js';
import { exemplarOf, type Target } from './target.js';

/** Samples the entries of a counter or gauge. */
export class ValueSeries implements EntryVisitor<ValueEntry, SeriesId> {
  readonly weight = 1;
  readonly #withExemplars: boolean;
  /** Time stamp of the exemplar that was written last. */
  readonly #exemplarTimes = new Map<SeriesId, number | undefined>();
  readonly #target: Target;

  constructor(target: Target, withExemplars: boolean) {
    this.#target = target;
    this.#withExemplars = withExemplars;
  }

  open(entry: ValueEntry): SeriesId {
    const { writer, metadata, defaults } = this.#target;
    return writer.series(writer.family(metadata), labelsOf(entry.labels, defaults));
  }

  visit(id: SeriesId, entry: ValueEntry): void {
    const { writer } = this.#target;
    writer.set(id, entry.value);
    if (!this.#withExemplars) return;
    const { exemplar } = entry;
    if (exemplar === undefined || this.#exemplarTimes.get(id) === exemplar.timestamp) return;
    this.#exemplarTimes.set(id, exemplar.timestamp);
    writer.setExemplar(id, exemplarOf(exemplar));
  }

  isAlive(id: SeriesId): boolean {
    return this.#target.writer.has(id);
  }
}
