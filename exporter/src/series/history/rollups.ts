import type { SeriesId } from '../reader.js';
import { SampleBuffer } from '../samples.js';
import { BucketBuilder, type Bucket, type BucketKind, type Carry } from './bucket.js';
import type { SeriesRef } from './catalog.js';
import { Following, type Followed, type FollowingOptions } from './following.js';
import { kindOf } from './kind.js';
import { Pass } from './pass.js';
import { samplesOf, type RawSample } from './raw-codec.js';
import { breathe } from './slices.js';

const MINUTE = 60_000;
/** Where no tick came for so long, or the clock was set, the head may be about to drop what is unread. */
const JUMP = 30_000;
/** The part of a minute in which the minute before is sealed. */
const SEALING = 50_000;
/** Series between two pauses: about a millisecond. */
const SERIES_A_SLICE = 256;

export interface RollupOptions extends FollowingOptions {
  /** Milliseconds in which every series is visited once for its raw samples. */
  readonly rawInterval: number;
  /** Takes buckets of minutes. One whose minute it has is a part of it: of samples that came late. */
  readonly onBuckets: (ref: SeriesRef, buckets: readonly Bucket[]) => void;
  /** Takes samples `from` and after of a buffer: to be logged soon, and to be held some time later. */
  readonly onSamples: (
    ref: SeriesRef,
    way: 'hold' | 'log',
    samples: { readonly buffer: SampleBuffer; readonly from: number },
  ) => void;
}

/**
 * Makes minutes out of what is in the head, a part of the series after each tick, in slices. Samples come in order
 * for their series, so each is read once: those after the last that was read, whenever they arrive. A
 * sample that arrives after its minute was sealed makes a bucket more of that minute, to be merged.
 */
export class Rollups {
  readonly #options: RollupOptions;
  readonly #following: Following;
  readonly #buffer = new SampleBuffer();
  readonly #builder = new BucketBuilder();
  #minute: Pass | undefined;
  #raw: Pass | undefined;
  #sealedUntil = -Infinity;
  #last = Infinity;
  #step = 0;
  /** What is due at this time may not be done yet. */
  #due = -Infinity;
  #slicing: Promise<void> | undefined;
  #onDone: (() => void) | undefined;

  constructor(options: RollupOptions) {
    this.#options = options;
    this.#following = new Following(options);
  }

  /** All minutes before are sealed but for what comes late; Unix ms. */
  get sealedUntil(): number {
    return this.#sealedUntil;
  }

  /**
   * Begins this tick's share, which is done after it, while nothing else has to be.
   * @param time of the tick, Unix ms
   * @param onDone called when the newest tick's share is done
   */
  tick(time: number, onDone: () => void): void {
    this.catchUp();
    const boundary = Math.floor(time / MINUTE) * MINUTE;
    if (time - this.#last > Math.max(JUMP, 2 * this.#step)) this.#readAll(boundary, time);
    this.#step = time - this.#last;
    this.#last = time;
    if (boundary !== this.#minute?.start) {
      if (this.#minute !== undefined) this.#seal(Infinity, Infinity);
      this.#minute = new Pass(this.#options.reader.select([]), boundary, SEALING);
      this.#following.pass++;
    }
    this.#due = time;
    this.#onDone = onDone;
    this.#slicing ??= this.#work().finally(() => {
      this.#slicing = undefined;
    });
  }

  /** Does at once what the ticks before have left. */
  catchUp(): void {
    while (this.#slice(Infinity));
  }

  /** Resolves once the newest tick's share is done. */
  async idle(): Promise<void> {
    await this.#slicing;
  }

  /** Keeps all raw samples until `time`; no share of a tick is done after it. */
  finish(time: number): void {
    this.#due = -Infinity;
    this.#onDone = undefined;
    this.#keepAll(time);
  }

  async #work(): Promise<void> {
    do await breathe();
    while (this.#slice(SERIES_A_SLICE));
    this.#onDone?.();
  }

  /** Visits up to `most` series that are due. @returns whether there may be more */
  #slice(most: number): boolean {
    const time = this.#due;
    const visited = this.#seal(time, most) + this.#collect(time, most);
    return visited > 0;
  }

  #keepAll(time: number): void {
    for (const id of this.#options.reader.select([])) this.#keep(id, time);
  }

  /** Holds all that is logged, in slices between which other work may run. */
  async holdLogged(): Promise<void> {
    let visited = 0;
    for (const followed of this.#following.all()) {
      if (++visited % SERIES_A_SLICE === 0) await breathe();
      if (followed.held >= followed.raw || this.#following.get(followed.id) !== followed) continue;
      this.#buffer.clear();
      this.#options.reader.read(followed.id, followed.held + 0.5, followed.raw, this.#buffer);
      this.#hold(followed);
    }
  }

  /** The samples of a series that are held nowhere yet and are in a range, in order. */
  tail(key: string, from: number, to: number): RawSample[] {
    const followed = this.#following.find(key);
    if (followed === undefined) return [];
    this.#buffer.clear();
    this.#options.reader.read(
      followed.id,
      Math.max(from, followed.held + 0.5),
      Math.min(to - 0.5, followed.raw),
      this.#buffer,
    );
    return samplesOf(this.#buffer);
  }

  /** Minutes of what is not sealed yet. */
  live(key: string): Bucket[] {
    const followed = this.#following.find(key);
    if (followed === undefined) return [];
    const copy = { ...followed, carry: { ...followed.carry } };
    return this.#read(copy, this.#options.reader.maxTime);
  }

  #readAll(boundary: number, time: number): void {
    this.#keepAll(time);
    for (const id of this.#options.reader.select([])) {
      const followed = this.#following.get(id);
      if (followed !== undefined) this.#sealSeries(followed, boundary);
    }
  }

  #sealSeries(followed: Followed, boundary: number): void {
    const buckets = this.#read(followed, boundary - 0.5);
    this.#hold(followed);
    if (buckets.length > 0) this.#options.onBuckets(followed.ref, buckets);
  }

  /** Holds what was read last. */
  #hold(followed: Followed): void {
    const buffer = this.#buffer;
    if (buffer.length === 0 || buffer.times[buffer.length - 1] <= followed.held) return;
    let from = 0;
    while (buffer.times[from] <= followed.held) from++;
    followed.held = buffer.times[buffer.length - 1];
    this.#options.onSamples(followed.ref, 'hold', { buffer, from });
  }

  /** @returns how many series were visited; so do the others */
  #seal(time: number, most: number): number {
    const pass = this.#minute;
    if (pass === undefined || this.#sealedUntil === pass.start) return 0;
    const ids = pass.take(time, most);
    for (const id of ids) {
      const followed = this.#following.get(id);
      if (followed === undefined) continue;
      followed.pass = this.#following.pass;
      this.#sealSeries(followed, pass.start);
    }
    if (pass.isDone) this.#endMinute(pass.start);
    return ids.length;
  }

  #endMinute(start: number): void {
    this.#sealedUntil = start;
    for (const followed of this.#following.all()) {
      if (followed.pass < this.#following.pass) this.#following.forget(followed);
    }
  }

  #collect(time: number, most: number): number {
    const { rawInterval, reader } = this.#options;
    if (time === -Infinity) return 0;
    this.#raw ??= new Pass(reader.select([]), time, rawInterval);
    const ids = this.#raw.take(time, most);
    for (const id of ids) this.#keep(id, time);
    if (this.#raw.isDone && time >= this.#raw.start + rawInterval) {
      this.#raw = new Pass(reader.select([]), time, rawInterval);
    }
    return ids.length;
  }

  #keep(id: SeriesId, time: number): void {
    const followed = this.#following.get(id);
    if (followed === undefined) return;
    const buffer = this.#buffer;
    buffer.clear();
    this.#options.reader.read(id, followed.raw + 0.5, time, buffer);
    if (buffer.length === 0) return;
    followed.raw = buffer.times[buffer.length - 1];
    this.#options.onSamples(followed.ref, 'log', { buffer, from: 0 });
  }

  /** Buckets of what came after the last that was sealed. */
  #read(followed: Followed, to: number): Bucket[] {
    const { id } = followed;
    const buffer = this.#buffer;
    buffer.clear();
    this.#options.reader.read(id, followed.sealed + 0.5, to, buffer);
    if (buffer.length === 0) return [];
    followed.sealed = buffer.times[buffer.length - 1];
    const metadata = this.#options.reader.metadata(id);
    if (metadata !== followed.metadata) {
      followed.metadata = metadata;
      followed.kind = kindOf(followed.labels, metadata);
    }
    return bucketsOf(buffer, followed, this.#builder);
  }
}

/** Buckets of minutes of samples in order of time; `carry` is brought up to date. */
export function bucketsOf(
  samples: SampleBuffer,
  { kind, carry }: { readonly kind: BucketKind; readonly carry: Carry },
  builder: BucketBuilder,
): Bucket[] {
  const { times, values, histograms, length } = samples;
  const buckets: Bucket[] = [];
  for (let i = 0; i < length;) {
    const start = Math.floor(times[i] / MINUTE) * MINUTE;
    builder.begin(kind);
    for (; i < length && times[i] < start + MINUTE; i++) {
      const histogram = histograms?.[i];
      if (histogram !== undefined) builder.addHistogram(times[i], histogram, carry);
      else if (!Number.isNaN(values[i])) builder.add(times[i], values[i], carry);
    }
    const bucket = builder.end(start);
    if (bucket !== undefined) buckets.push(bucket);
  }
  return buckets;
}
