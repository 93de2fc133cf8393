import type { FamilyMetadata } from '../../series/metadata.js';
import type { SeriesId } from '../../series/reader.js';
import type { FamilyHandle, SourceWriter } from '../../series/writer.js';

/** Takes what rules yield and keeps nothing of it. */
export class DiscardingWriter implements SourceWriter {
  readonly source: string;
  readonly removals = 0;
  #next = 0;

  constructor(source: string) {
    this.source = source;
  }

  family(metadata: FamilyMetadata): FamilyHandle {
    return { metadata };
  }

  series(): SeriesId {
    return this.#next++;
  }

  has(): boolean {
    return true;
  }

  set(): void {
    // Nothing is kept, here as below.
  }

  setHistogram(): void {
    // As above.
  }

  setExemplar(): void {
    // As above.
  }

  setCreated(): void {
    // As above.
  }

  commit(): void {
    // As above.
  }

  fail(): void {
    // As above.
  }

  discard(): void {
    // As above.
  }
}
