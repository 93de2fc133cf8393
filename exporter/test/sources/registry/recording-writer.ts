import { KymoError } from '../../../src/lib/errors.js';
import type { ExponentialHistogram } from '../../../src/series/histogram.js';
import { type Labels, LabelSet, METRIC_NAME } from '../../../src/series/labels.js';
import type { FamilyMetadata } from '../../../src/series/metadata.js';
import type { SeriesId } from '../../../src/series/reader.js';
import type {
  Exemplar,
  FamilyHandle,
  SampleSuffix,
  SourceWriter,
} from '../../../src/series/writer.js';
import type { Source } from '../../../src/sources/source.js';

/**
 * A writer that keeps the last commit as text: `samples` by series as PromQL writes it. It counts
 * the look-ups of series, which a tick without changes must not need.
 */
export class RecordingWriter implements SourceWriter {
  readonly source = 'test';
  readonly removals = 0;
  readonly families = new Map<string, FamilyMetadata>();
  readonly exemplars = new Map<string, Exemplar>();
  readonly createdTimes = new Map<string, number>();
  samples = new Map<string, number>();
  histograms = new Map<string, ExponentialHistogram>();
  stale: string[] = [];
  lookUps = 0;
  exemplarsSet = 0;
  readonly #labels = new Map<string, LabelSet>();
  readonly #names: (string | undefined)[] = [];
  readonly #ids = new Map<string, SeriesId>();
  #staged = new Map<string, number>();
  #stagedHistograms = new Map<string, ExponentialHistogram>();

  family(metadata: FamilyMetadata): FamilyHandle {
    const known = this.families.get(metadata.name);
    if (known !== undefined && known.type !== metadata.type) {
      const living = [...this.samples.keys()].some((name) => name.startsWith(metadata.name));
      if (living) {
        throw new KymoError('metric_conflict', `${metadata.name} is already a ${known.type}`);
      }
    }
    this.families.set(metadata.name, metadata);
    return { metadata };
  }

  series(family: FamilyHandle, labels: Labels, suffix: SampleSuffix = ''): SeriesId {
    this.lookUps++;
    for (const name of Object.keys(labels)) {
      if (!/^[a-zA-Z_]\w*$/.test(name)) {
        throw new KymoError('bad_name', `${name} is not a label name`);
      }
    }
    const name = family.metadata.name + suffix;
    const set = LabelSet.from({ ...labels, [METRIC_NAME]: name });
    const key = set.toString();
    this.#labels.set(key, set);
    let id = this.#ids.get(key);
    if (id === undefined || this.#names[id] === undefined) {
      id = this.#names.push(key) - 1;
      this.#ids.set(key, id);
    }
    return id;
  }

  has(id: SeriesId): boolean {
    return this.#names[id] !== undefined;
  }

  set(id: SeriesId, value: number): void {
    this.#staged.set(this.#name(id), value);
  }

  setHistogram(id: SeriesId, histogram: ExponentialHistogram): void {
    this.#stagedHistograms.set(this.#name(id), histogram);
  }

  setExemplar(id: SeriesId, exemplar: Exemplar): void {
    this.exemplarsSet++;
    this.exemplars.set(this.#name(id), exemplar);
  }

  setCreated(id: SeriesId, time: number): void {
    this.createdTimes.set(this.#name(id), time);
  }

  commit(): void {
    this.stale = [...this.samples.keys()].filter((name) => !this.#staged.has(name));
    this.samples = this.#staged;
    this.histograms = this.#stagedHistograms;
    this.discard();
  }

  fail(): void {
    this.discard();
    this.commit();
  }

  discard(): void {
    this.#staged = new Map();
    this.#stagedHistograms = new Map();
  }

  /** Sum of the samples of a metric whose labels include these; undefined where there is none. */
  sum(name: string, labels: Labels = {}): number | undefined {
    let sum: number | undefined;
    for (const [key, value] of this.samples) {
      const set = this.#labels.get(key);
      if (set?.metricName !== name) continue;
      if (Object.entries(labels).every(([label, wanted]) => set.get(label) === wanted)) {
        sum = (sum ?? 0) + value;
      }
    }
    return sum;
  }

  /** Forgets all series, as the head does after their time to live. */
  expire(): void {
    this.#names.fill(undefined);
  }

  #name(id: SeriesId): string {
    const name = this.#names[id];
    if (name === undefined) throw new Error(`no series has the id ${id}`);
    return name;
  }
}

/** One tick of a source; answers its samples by series. */
export async function tick(
  source: Source,
  writer: RecordingWriter,
  time = Date.now(),
): Promise<ReadonlyMap<string, number>> {
  await source.collect({ time, writer, signal: new AbortController().signal });
  writer.commit();
  return writer.samples;
}
