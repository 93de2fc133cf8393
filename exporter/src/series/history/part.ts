import { ByteReader, ByteWriter } from './bytes.js';
import type { Catalog, SeriesRef } from './catalog.js';
import { Runs } from './runs.js';
import { breathe } from './slices.js';

/** A record is written before it grows beyond; the journal's records may have 16 MiB. */
const RECORD_BYTES = 4 * 2 ** 20;
const SERIES_A_SLICE = 4096;

const scratch = new ByteWriter(1024);

/** Writes a run of items, encoded. */
export type WriteRun = (into: ByteWriter) => void;

/**
 * What is not yet in a block: the items of one partition of time, in memory and, once flushed, in logs
 * from which they are read again after a crash.
 *
 * The first record of a log is the start of its partition, then the keys of series 0, 1, … that it
 * goes on with. The others are entries: twice the number of the series (and 1 where it is new, then its
 * key follows), and a run of items.
 */
export class Part {
  readonly partition: number;
  /** When its first item begins; Infinity where that is not known. Unix ms. */
  first = Infinity;
  /** Whether nothing can be held any more, since its block is being written. */
  isSealed = false;
  /** Numbers of the logs that it has been written to. */
  readonly logs: number[] = [];
  readonly #catalog: Catalog;
  readonly #runs = new Runs();
  /** The number of a series in the logs, and the series by number. By ref, which are dense. */
  readonly #numbers: (number | undefined)[] = [];
  readonly #logged: SeriesRef[] = [];
  #hadLog = false;
  readonly #record = new ByteWriter(1024);
  #queue: Uint8Array[] = [];
  #bytes = 0;
  #items = 0;
  #queuedBytes = 0;

  /** @param partition when it begins, Unix ms */
  constructor(catalog: Catalog, partition: number) {
    this.#catalog = catalog;
    this.partition = partition;
  }

  /** Bytes of its items. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that wait to be written to a log. */
  get waiting(): number {
    return this.#queuedBytes + this.#record.length;
  }

  /** How many items a series has in the mean; those that were read from logs are not counted. */
  get itemsASeries(): number {
    return this.#items / Math.max(1, this.#runs.size);
  }

  get refs(): Iterable<SeriesRef> {
    return this.#runs.refs;
  }

  /** Keeps a run of `count` items in memory; it is not on disk before the part is a block. */
  hold(ref: SeriesRef, write: WriteRun, count = 0): void {
    scratch.clear();
    write(scratch);
    const isFirst = this.#runs.add(ref, scratch.bytes.subarray(0, scratch.length));
    if (isFirst) this.#catalog.retain(ref);
    this.#bytes += scratch.length;
    this.#items += count;
  }

  /** Has a run of items written to a log, from which it is read again after a crash. */
  log(ref: SeriesRef, write: WriteRun): void {
    const record = this.#record;
    const number = this.#numbers[ref];
    if (number === undefined) {
      record.unsigned(2 * this.#logged.length + 1);
      this.#catalog.retain(ref);
      while (this.#numbers.length < ref) this.#numbers.push(undefined);
      this.#numbers[ref] = this.#logged.length;
      this.#logged.push(ref);
      record.text(this.#catalog.key(ref));
    } else record.unsigned(2 * number);
    record.measured(write);
    if (record.length >= RECORD_BYTES) this.#endRecord();
  }

  /** The runs of a series, one after the other. */
  read(ref: SeriesRef): Uint8Array | undefined {
    return this.#runs.read(ref);
  }

  /** The key of a series. */
  key(ref: SeriesRef): string {
    return this.#catalog.key(ref);
  }

  /** The records that wait, the first of a log in front where it is new. */
  takeRecords(isNewLog: boolean): Uint8Array[] {
    this.#endRecord();
    const records = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (!isNewLog) return records;
    const first = new ByteWriter(1024);
    first.signed(this.partition);
    // After a log that broke: what waits names only the series that are new in it.
    if (this.#hadLog) for (const ref of this.#logged) first.text(this.#catalog.key(ref));
    this.#hadLog = true;
    return [first.take(), ...records];
  }

  /** Takes back records that could not be written. */
  putBack(records: readonly Uint8Array[]): void {
    this.#queue.unshift(...records);
    for (const { length } of records) this.#queuedBytes += length;
  }

  /** Takes in a record of a log. @param keys by number, filled by the call */
  restore(record: Uint8Array, keys: string[]): void {
    const from = new ByteReader(record);
    while (from.left > 0) {
      const coded = from.unsigned();
      const number = Math.floor(coded / 2);
      if (coded % 2 === 1) keys[number] = from.text();
      const key = keys.at(number);
      if (key === undefined) throw new RangeError(`series ${number} has no name`);
      const run = from.raw(from.unsigned());
      const ref = this.#catalog.acquire(key);
      this.hold(ref, (into) => into.raw(run));
      this.#catalog.release(ref);
    }
  }

  /** Forgets everything, in slices; it must not be used afterwards. */
  async release(): Promise<void> {
    let released = 0;
    for (const refs of [[...this.#runs.refs], this.#logged]) {
      for (const ref of refs) {
        this.#catalog.release(ref);
        if (++released % SERIES_A_SLICE === 0) await breathe();
      }
    }
    this.#runs.clear();
    this.#numbers.length = 0;
    this.#logged.length = 0;
  }

  #endRecord(): void {
    if (this.#record.length === 0) return;
    this.#queue.push(this.#record.take());
    this.#queuedBytes += this.#record.length;
    this.#record.clear();
  }
}

/** The first record of a log. @throws RangeError */
export function readLogStart(record: Uint8Array): { partition: number; keys: string[] } {
  const from = new ByteReader(record);
  const partition = from.signed();
  const keys: string[] = [];
  while (from.left > 0) keys.push(from.text());
  return { partition, keys };
}
