import { encodeHistogram } from '../promql/encode.js';
import type { VectorSample } from '../promql/result.js';
import { METRIC_NAME, type LabelSet } from '../series/labels.js';
import { Matcher } from '../series/matcher.js';
import type { SeriesReader } from '../series/reader.js';

/** Frames after which a series that has no sample any more may leave the schema. */
const ABSENT_FRAMES = 60;

export interface ColumnsOptions {
  readonly topic: string;
  readonly reader: SeriesReader;
  /** A number that no other schema of the topic has. */
  readonly nextVersion: () => number;
}

/**
 * The series of a topic in the order of the values of its frames. A series that is new is appended
 * and one without a sample stays for a while, so that the schema seldom changes.
 */
export class Columns {
  readonly #options: ColumnsOptions;
  #labels: LabelSet[] = [];
  #positions = new Map<string, number>();
  /** By column: frames in a row without a sample. */
  #absent: number[] = [];
  #version = 0;
  #schema: string | undefined;

  constructor(options: ColumnsOptions) {
    this.#options = options;
  }

  /** 0 before the first frame. */
  get version(): number {
    return this.#version;
  }

  get length(): number {
    return this.#labels.length;
  }

  /** A copy to go on from, with the same version until it changes. */
  fork(): Columns {
    const copy = new Columns(this.#options);
    copy.#labels = this.#labels.slice();
    copy.#positions = new Map(this.#positions);
    copy.#absent = this.#absent.slice();
    copy.#version = this.#version;
    copy.#schema = this.#schema;
    return copy;
  }

  /** The values of a frame as a JSON array. The schema may have another version afterwards. */
  encode(samples: readonly VectorSample[]): string {
    const text = encodeAll(this.#isInOrder(samples) ? samples : this.#placed(samples));
    if (this.#version === 0) this.#changed();
    return text;
  }

  /** The message that tells the schema. */
  get schema(): string {
    this.#schema ??= `{"type":"schema","topic":"${this.#options.topic}","version":${this.#version},"columns":[${this.#labels
      .map((labels) => this.#column(labels))
      .join(',')}]}`;
    return this.#schema;
  }

  /** Mostly the engine answers the same label sets in the same order, time after time. */
  #isInOrder(samples: readonly VectorSample[]): boolean {
    const labels = this.#labels;
    if (samples.length !== labels.length) return false;
    for (let i = 0; i < samples.length; i++) if (samples[i].labels !== labels[i]) return false;
    return true;
  }

  #placed(samples: readonly VectorSample[]): readonly (VectorSample | undefined)[] {
    if (!samples.every(({ labels }) => this.#positions.has(labels.key)) || this.#isMostlyAbsent()) {
      this.#rebuild(samples);
    }
    const placed = new Array<VectorSample | undefined>(this.#labels.length).fill(undefined);
    for (const sample of samples) {
      const position = this.#positions.get(sample.labels.key) ?? 0;
      placed[position] = sample;
      // The engine's own set, to find it in order next time.
      this.#labels[position] = sample.labels;
    }
    for (let i = 0; i < placed.length; i++) {
      this.#absent[i] = placed[i] === undefined ? this.#absent[i] + 1 : 0;
    }
    return placed;
  }

  #isMostlyAbsent(): boolean {
    let gone = 0;
    for (const frames of this.#absent) if (frames >= ABSENT_FRAMES) gone++;
    return gone > this.#absent.length / 2;
  }

  #rebuild(samples: readonly VectorSample[]): void {
    const present = new Set(samples.map(({ labels }) => labels.key));
    const kept = this.#labels
      .map((labels, i) => ({ labels, absent: this.#absent[i] }))
      .filter(({ labels, absent }) => absent < ABSENT_FRAMES || present.has(labels.key));
    const added = samples
      .filter(({ labels }) => !this.#positions.has(labels.key))
      .map(({ labels }) => ({ labels, absent: 0 }));
    const columns = [...kept, ...added];
    this.#labels = columns.map(({ labels }) => labels);
    this.#absent = columns.map(({ absent }) => absent);
    this.#positions = new Map(columns.map(({ labels }, i) => [labels.key, i]));
    this.#changed();
  }

  #changed(): void {
    this.#version = this.#options.nextVersion();
    this.#schema = undefined;
  }

  #column(labels: LabelSet): string {
    const { type, unit } = this.#metadata(labels.metricName);
    return `{"labels":${JSON.stringify(labels.toObject())},"type":"${type}","unit":${JSON.stringify(unit)}}`;
  }

  #metadata(name: string): { type: string; unit: string } {
    const { reader } = this.#options;
    const [id] = name === '' ? [] : reader.select([new Matcher(METRIC_NAME, '=', name)]);
    const metadata = id === undefined ? undefined : reader.metadata(id);
    return { type: metadata?.type ?? 'unknown', unit: metadata?.unit ?? '' };
  }
}

function encodeAll(samples: readonly (VectorSample | undefined)[]): string {
  let text = '[';
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i];
    if (i > 0) text += ',';
    if (sample === undefined) text += 'null';
    else if (sample.histogram !== undefined) text += encodeHistogram(sample.histogram);
    else text += encodeNumber(sample.value);
  }
  return `${text}]`;
}

/** JSON has no number for these three; a text tells them from what is absent. */
function encodeNumber(value: number): string {
  if (Number.isFinite(value)) return value === 0 && Object.is(value, -0) ? '-0' : String(value);
  if (value === Infinity) return '"+Inf"';
  return value === -Infinity ? '"-Inf"' : '"NaN"';
}
