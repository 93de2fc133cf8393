import { mkdir, rename } from 'node:fs/promises';
import { KymoError, messageOf } from '../../lib/errors.js';
import type { Logger } from '../../lib/logger.js';
import { Block, type BlockChunk, type BlockEntry } from './block.js';
import { writeBlock } from './block-writer.js';
import { decodeAll, type ItemCodec } from './bucket-codec.js';
import { ByteReader, ByteWriter } from './bytes.js';
import type { Catalog, SeriesRef } from './catalog.js';
import { LogWriter } from './log-writer.js';
import { readLogStart, type Part } from './part.js';
import { Parts } from './parts.js';
import { fileOf, listTier, readLog, removeAll, type TierFiles } from './tier-files.js';

export interface TierOptions<Item> {
  readonly directory: string;
  readonly codec: ItemCodec<Item>;
  readonly catalog: Catalog;
  readonly logger: Logger;
  /** Milliseconds of time that a block holds. */
  readonly partition: number;
  /** Bytes in memory from which a block is written before its time. */
  readonly partBytes: number;
  readonly now: () => number;
  /** Holds what was logged and is not held yet; called before a part becomes a block. */
  readonly beforeBlock?: () => Promise<void>;
}

/** Where the items of some series are; nothing is read from files yet. */
export interface Found {
  readonly pending: readonly { readonly key: string; readonly bytes: Uint8Array }[];
  readonly blocks: readonly { readonly block: Block; readonly entries: readonly BlockEntry[] }[];
  /** What they cost: encoded, but {@link LEAST_COST} for each item at least. */
  readonly bytes: number;
}

/** What stands still takes next to no bytes, but time and memory once it is decoded. */
const LEAST_COST = 2;

const NOTHING = new Uint8Array(0);
/** Blocks whose index is kept in memory. */
const LOADED_BLOCKS = 64;
/** Where items go: what is held is what becomes a block, what is logged is there after a crash. */
type Way = 'hold' | 'log';

interface Put {
  /** When the first item begins, Unix ms. */
  readonly time: number;
  /** Items. */
  readonly count: number;
  /** Writes them, encoded as one run. */
  readonly write: (into: ByteWriter) => void;
}

/** Bytes that may wait for a disk that is full; what comes beyond is dropped. */
const MOST_WAITING = 64 * 2 ** 20;

/** The items of all series at one resolution: blocks, and parts that become blocks. */
export class Tier<Item> {
  readonly #options: TierOptions<Item>;
  readonly #parts: Parts;
  #blocks: Block[] = [];
  #loaded: Block[] = [];
  readonly #log: LogWriter;
  readonly #run = new ByteWriter(1024);
  #next = 1;
  /** Items that were not kept since the start. */
  dropped = 0;

  private constructor(options: TierOptions<Item>) {
    this.#options = options;
    this.#parts = new Parts(options.catalog, options.partition);
    this.#log = new LogWriter({ ...options, nextNumber: () => this.#next++ });
  }

  /**
   * Opens a tier: blocks by their footers, logs by reading them. What is damaged is set aside and
   * logged.
   * @throws KymoError `history_newer`, and then nothing was changed
   */
  static async open<Item>(options: TierOptions<Item>): Promise<Tier<Item>> {
    await mkdir(options.directory, { recursive: true });
    const tier = new Tier(options);
    await tier.#open(await listTier(options.directory));
    return tier;
  }

  /** Milliseconds of time that a block holds. */
  get partition(): number {
    return this.#options.partition;
  }

  get bytes(): number {
    return this.#blocks.reduce((sum, { bytes }) => sum + bytes, this.#log.bytes);
  }

  /** Bytes that wait for the next flush. */
  get waiting(): number {
    return this.#parts.waiting;
  }

  /** Bytes held in memory until they become blocks. */
  get pendingBytes(): number {
    let sum = 0;
    for (const part of this.#parts.all()) sum += part.bytes;
    return sum;
  }

  /** The latest start of an item on disk in blocks or parts; −Infinity for none. */
  async newest(): Promise<number> {
    let newest = this.#blocks.reduce((most, { footer }) => Math.max(most, footer.to), -Infinity);
    for (const part of this.#parts.all()) {
      for (const ref of part.refs) {
        for (const item of decodeAll(part.read(ref) ?? NOTHING, this.#options.codec.decode)) {
          const time = this.#options.codec.timeOf(item);
          newest = Math.max(newest, time);
          part.first = Math.min(part.first, time);
        }
      }
    }
    return Promise.resolve(newest);
  }

  /** When the first item begins, or the partition that it is in; Infinity for none. */
  get oldest(): number {
    let oldest = this.#blocks.reduce((least, { footer }) => Math.min(least, footer.from), Infinity);
    for (const { partition, first } of this.#parts.all()) {
      oldest = Math.min(oldest, first === Infinity ? partition : first);
    }
    return oldest;
  }

  /** Adds items of one series, in order of time. They are on disk after the next flush. */
  add(ref: SeriesRef, items: readonly Item[]): void {
    const { partition, codec } = this.#options;
    const startOf = (item: Item): number => Math.floor(codec.timeOf(item) / partition) * partition;
    let first = 0;
    for (let i = 1; i <= items.length; i++) {
      if (i < items.length && startOf(items[i]) === startOf(items[first])) continue;
      const run = first === 0 && i === items.length ? items : items.slice(first, i);
      this.#run.clear();
      codec.encode(run, this.#run);
      const bytes = this.#run.bytes.subarray(0, this.#run.length);
      const put = {
        time: codec.timeOf(items[first]),
        count: run.length,
        write: (into: ByteWriter) => into.raw(bytes),
      };
      if (this.#put(ref, 'log', put)) this.#put(ref, 'hold', put);
      first = i;
    }
  }

  /**
   * Adds encoded items of one series that all begin in one partition, either way. Both are needed:
   * the log before a crash, the other before the part becomes a block.
   */
  put(ref: SeriesRef, way: Way, items: Put): void {
    this.#put(ref, way, items);
  }

  /** The items of a series that begin at `from` or later and before `to`, in order. */
  async read(key: string, from: number, to: number): Promise<Item[]> {
    const { codec, catalog } = this.#options;
    const found: Item[] = [];
    const take = (bytes: Uint8Array | undefined): void => {
      if (bytes === undefined) return;
      const reader = new ByteReader(bytes);
      while (reader.left > 0) codec.decode(reader, found);
    };
    // Both before anything is waited for: meanwhile a part may become a block.
    const blocks = this.#blocks.filter((block) => overlaps(block, from, to));
    const ref = catalog.find(key);
    if (ref !== undefined) for (const part of this.#parts.all(from, to)) take(part.read(ref));
    for (const block of blocks) take(await this.#readBlock(block, (one) => one.read(key)));
    const inside = found.filter((item) => codec.timeOf(item) >= from && codec.timeOf(item) < to);
    return codec.tidy(inside);
  }

  /**
   * Where the items are that may begin in the range, of series whose key is wanted. Whatever is in
   * memory is taken before anything is waited for. It gives up once they cost more than `maxBytes`.
   */
  async find(wanted: {
    readonly from: number;
    readonly to: number;
    readonly keeps: (key: string) => boolean;
    readonly maxBytes: number;
  }): Promise<Found> {
    const { from, to, keeps, maxBytes } = wanted;
    const { catalog } = this.#options;
    const pending: { key: string; bytes: Uint8Array }[] = [];
    let sum = 0;
    for (const part of this.#parts.all(from, to)) {
      const least = LEAST_COST * part.itemsASeries;
      for (const ref of part.refs) {
        const key = catalog.key(ref);
        const bytes = keeps(key) ? part.read(ref) : undefined;
        if (bytes === undefined) continue;
        pending.push({ key, bytes });
        sum += Math.max(bytes.length, least);
      }
    }
    const blocks: { block: Block; entries: readonly BlockEntry[] }[] = [];
    for (const block of this.#blocks.filter((one) => overlaps(one, from, to))) {
      if (sum > maxBytes) break;
      const entries = (await this.#readBlock(block, (one) => one.find(keeps))) ?? [];
      if (entries.length > 0) blocks.push({ block, entries });
      const least = (LEAST_COST * block.footer.items) / Math.max(1, block.footer.series);
      for (const { length } of entries) sum += Math.max(length, least);
    }
    return { pending, blocks, bytes: sum };
  }

  /** The bytes of entries of a block, in reads of bounded size; nothing where the block is gone. */
  async *chunks(block: Block, entries: readonly BlockEntry[]): AsyncIterable<BlockChunk> {
    for (const group of block.groups(entries)) {
      const chunk = await this.#readBlock(block, (one) => one.readGroup(group));
      if (chunk !== undefined) yield chunk;
    }
  }

  /** Keys of the series with items that may begin in the range. */
  async keys(from: number, to: number): Promise<Set<string>> {
    const { catalog } = this.#options;
    const keys = new Set<string>();
    for (const part of this.#parts.all(from, to)) {
      for (const ref of part.refs) keys.add(catalog.key(ref));
    }
    for (const block of this.#blocks.filter((one) => overlaps(one, from, to))) {
      for (const key of (await this.#readBlock(block, (one) => one.keys())) ?? []) keys.add(key);
    }
    return keys;
  }

  /** Writes what waits to the logs. @throws where the disk does not take it; it is kept then */
  async flush(): Promise<void> {
    try {
      for (const part of [...this.#parts.all()]) await this.#log.write(part);
    } finally {
      this.#parts.countWaiting();
    }
  }

  /** Writes parts as blocks: those that end before `time`, and those that are too large. */
  async cut(time: number): Promise<void> {
    const { partition, partBytes } = this.#options;
    this.#parts.end((part) => part.partition + partition <= time || part.bytes >= partBytes);
    for (const part of this.#parts.ended) await this.#close(part);
  }

  /** Drops blocks whose items all begin before `time`. */
  async dropBefore(time: number): Promise<void> {
    for (const block of this.#blocks.filter(({ footer }) => footer.to < time)) {
      await this.#drop(block);
    }
  }

  /** Drops the oldest block; false where there is none. */
  async dropOldest(): Promise<boolean> {
    if (this.#blocks.length === 0) return false;
    await this.#drop(this.#blocks.reduce((a, b) => (b.footer.to < a.footer.to ? b : a)));
    return true;
  }

  async close(): Promise<void> {
    await this.#log.close();
    for (const block of this.#blocks) await block.forget();
  }

  /** False where there is no room for it. */
  #put(ref: SeriesRef, way: Way, { time, count, write }: Put): boolean {
    const { partition } = this.#options;
    const start = Math.floor(time / partition) * partition;
    if (this.#parts.waiting > MOST_WAITING) {
      if (way === 'log') this.dropped += count;
      return false;
    }
    if (way === 'log') {
      this.#parts.log(ref, { time, write });
    } else this.#parts.hold(ref, { start, count, write });
    return true;
  }

  async #close(part: Part): Promise<void> {
    const { directory, codec, catalog } = this.#options;
    // Its logs must be known before the block that stands for them is written.
    await this.#log.write(part);
    this.#parts.countWaiting();
    await this.#log.end(part);
    await this.#options.beforeBlock?.();
    const number = this.#next++;
    const file = fileOf(directory, number, 'block');
    part.isSealed = true;
    try {
      await writeBlock(file, part, codec);
    } catch (thrown) {
      part.isSealed = false;
      throw thrown;
    }
    this.#blocks.push(await Block.open(file, number, catalog));
    this.#parts.forget(part);
    await removeAll(part.logs.map((log) => fileOf(directory, log, 'log')));
    this.#log.forget(part);
    await part.release();
  }

  async #drop(block: Block): Promise<void> {
    this.#blocks = this.#blocks.filter((one) => one !== block);
    this.#loaded = this.#loaded.filter((one) => one !== block);
    await removeAll([block.file]);
    await block.forget();
  }

  async #touch(block: Block): Promise<void> {
    const at = this.#loaded.indexOf(block);
    if (at >= 0) this.#loaded.splice(at, 1);
    this.#loaded.push(block);
    if (this.#loaded.length > LOADED_BLOCKS) await this.#loaded.shift()?.forget();
  }

  /** `undefined` where the block is damaged or was dropped meanwhile. */
  async #readBlock<T>(block: Block, read: (block: Block) => Promise<T>): Promise<T | undefined> {
    await this.#touch(block);
    try {
      return await read(block);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') this.#damaged(block.file, thrown);
      return undefined;
    }
  }

  #damaged(file: string, thrown: unknown): void {
    if (!(thrown instanceof RangeError)) throw thrown;
    this.#options.logger.error('a block of history is damaged; the rest is used', {
      file,
      problem: messageOf(thrown),
    });
  }

  async #open({ blocks, logs, unfinished }: TierFiles): Promise<void> {
    const { directory, catalog } = this.#options;
    const broken: string[] = [];
    for (const number of blocks) {
      const file = fileOf(directory, number, 'block');
      try {
        this.#blocks.push(await Block.open(file, number, catalog));
      } catch (thrown) {
        if (thrown instanceof KymoError || !(thrown instanceof RangeError)) throw thrown;
        this.#damaged(file, thrown);
        broken.push(file);
      }
    }
    const covered = new Set(this.#blocks.flatMap(({ footer }) => footer.logs));
    for (const log of logs) {
      if (!covered.has(log) && !(await this.#restore(log))) {
        broken.push(fileOf(directory, log, 'log'));
      }
    }
    this.#next = 1 + Math.max(0, ...blocks, ...logs);
    // Nothing was changed before this point, so that a store of a newer version stays as it is.
    await removeAll(unfinished);
    await removeAll([...covered].map((log) => fileOf(directory, log, 'log')));
    for (const file of broken) await rename(file, `${file}.damaged`);
  }

  /** @returns false for a log without anything that can be read */
  async #restore(log: number): Promise<boolean> {
    const { directory, logger } = this.#options;
    const file = fileOf(directory, log, 'log');
    const { records, lost } = await readLog(file);
    if (lost > 0) logger.warn('a log of history was cut short; its end is dropped', { file, lost });
    if (records.length === 0) return false;
    const { partition, keys } = readLogStart(records[0]);
    const part = this.#parts.at(partition);
    part.logs.push(log);
    await this.#log.adopt(log, part);
    for (const record of records.slice(1)) part.restore(record, keys);
    return true;
  }
}

function overlaps({ footer }: Block, from: number, to: number): boolean {
  return footer.from < to && footer.to >= from;
}
