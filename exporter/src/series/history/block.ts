import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { ByteReader } from './bytes.js';
import { checkHeader, decodeFooter, HEADER_BYTES, type Footer } from './block-format.js';
import type { Catalog, SeriesRef } from './catalog.js';
import { breathe } from './slices.js';

const inflate = promisify(inflateRaw);
/** A footer with the numbers of more logs than a part ever has. */
const TAIL_BYTES = 64 * 1024;

interface Index {
  /** Ascending. */
  readonly refs: Int32Array;
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  readonly sums: Uint32Array;
}

/** Where the items of a series are in a block. */
export interface BlockEntry {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  readonly sum: number;
}

/** Bytes that were read at once, and where in them the items of each series are. */
export interface BlockChunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inside: readonly BlockEntry[];
}

/** Bytes that are read at once, and bytes between two series that are read along. */
const READ_BYTES = 2 ** 20;
const GAP_BYTES = 2 ** 13;
const SERIES_A_SLICE = 4096;

/** A file of history that is complete. Its index is read when it is first asked for. */
export class Block {
  readonly number: number;
  readonly file: string;
  readonly bytes: number;
  readonly footer: Footer;
  readonly #catalog: Catalog;
  #index: Promise<Index> | undefined;
  #handle: Promise<FileHandle> | undefined;
  #readers = 0;
  #forgotten = false;

  private constructor(
    catalog: Catalog,
    parts: { number: number; file: string; bytes: number; footer: Footer },
  ) {
    this.#catalog = catalog;
    this.number = parts.number;
    this.file = parts.file;
    this.bytes = parts.bytes;
    this.footer = parts.footer;
  }

  /** @throws KymoError `history_newer`; RangeError where the file is no whole block */
  static async open(file: string, number: number, catalog: Catalog): Promise<Block> {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const head = Buffer.alloc(Math.min(size, HEADER_BYTES));
      await handle.read(head, 0, head.length, 0);
      checkHeader(head, file);
      const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
      await handle.read(tail, 0, tail.length, size - tail.length);
      return new Block(catalog, { number, file, bytes: size, footer: decodeFooter(tail) });
    } finally {
      await handle.close();
    }
  }

  /** Keys of the labels of the series in it. @throws RangeError where it is damaged */
  keys(): Promise<string[]> {
    return this.#use(async () =>
      Array.from((await this.#loaded()).refs, (ref) => this.#keyOf(ref)),
    );
  }

  /** The chunk of a series; `undefined` where it has none. @throws RangeError where it is damaged */
  read(key: string): Promise<Uint8Array | undefined> {
    return this.#use(async () => {
      const index = await this.#loaded();
      const ref = this.#catalog.find(key);
      const at = ref === undefined ? -1 : search(index.refs, ref);
      if (at < 0) return undefined;
      const bytes = await this.#read(index.offsets[at], index.lengths[at]);
      if (crc32(bytes) !== index.sums[at]) throw new RangeError(`${this.file} is damaged`);
      return bytes;
    });
  }

  /** The entries of series whose key is wanted. @throws RangeError where it is damaged */
  find(keeps: (key: string) => boolean): Promise<BlockEntry[]> {
    return this.#use(async () => {
      const { refs, offsets, lengths, sums } = await this.#loaded();
      const found: BlockEntry[] = [];
      for (let i = 0; i < refs.length; i++) {
        const key = this.#keyOf(refs[i]);
        if (keeps(key)) {
          found.push({ key, offset: offsets[i], length: lengths[i], sum: sums[i] });
        }
        if ((i + 1) % SERIES_A_SLICE === 0) await breathe();
      }
      return found;
    });
  }

  /** Entries that lie together, to be read at once. */
  groups(entries: readonly BlockEntry[]): BlockEntry[][] {
    const sorted = [...entries].sort((a, b) => a.offset - b.offset);
    const groups: BlockEntry[][] = [];
    for (const entry of sorted) {
      const group = groups.at(-1);
      const last = group?.at(-1);
      const isNear =
        group !== undefined &&
        last !== undefined &&
        entry.offset - last.offset - last.length <= GAP_BYTES &&
        entry.offset + entry.length - group[0].offset <= READ_BYTES;
      if (isNear) group.push(entry);
      else groups.push([entry]);
    }
    return groups;
  }

  /** @param group one of {@link groups}. @throws RangeError where it is damaged */
  readGroup(group: readonly BlockEntry[]): Promise<BlockChunk> {
    return this.#use(async () => {
      const first = group[0].offset;
      const last = group[group.length - 1];
      const bytes = await this.#read(first, last.offset + last.length - first);
      const inside = group.map((entry) => ({ ...entry, offset: entry.offset - first }));
      for (const { offset, length, sum } of inside) {
        if (crc32(bytes.subarray(offset, offset + length)) !== sum) {
          throw new RangeError(`${this.file} is damaged`);
        }
      }
      return { bytes, inside };
    });
  }

  /** Lets go of the index and the file until the next read. */
  async forget(): Promise<void> {
    if (this.#readers > 0) {
      this.#forgotten = true;
      return;
    }
    this.#forgotten = false;
    const [index, handle] = [this.#index, this.#handle];
    this.#index = undefined;
    this.#handle = undefined;
    const { refs } = (await index?.catch(() => undefined)) ?? { refs: [] };
    for (const ref of refs) this.#catalog.release(ref);
    await (await handle?.catch(() => undefined))?.close();
  }

  #keyOf(ref: SeriesRef): string {
    return this.#catalog.key(ref);
  }

  async #use<T>(run: () => Promise<T>): Promise<T> {
    this.#readers++;
    try {
      return await run();
    } finally {
      this.#readers--;
      if (this.#forgotten) await this.forget();
    }
  }

  #loaded(): Promise<Index> {
    this.#index ??= this.#load().catch((thrown: unknown) => {
      this.#index = undefined;
      throw thrown;
    });
    return this.#index;
  }

  async #load(): Promise<Index> {
    const { indexOffset, indexBytes, indexSum, series } = this.footer;
    const packed = await this.#read(indexOffset, indexBytes);
    if (crc32(packed) !== indexSum) throw new RangeError(`the index of ${this.file} is damaged`);
    const from = new ByteReader(await inflate(packed));
    const rows: { ref: number; offset: number; length: number; sum: number }[] = [];
    let offset = HEADER_BYTES;
    for (let i = 0; i < series; i++) {
      const ref = this.#catalog.acquire(from.text());
      const length = from.unsigned();
      rows.push({ ref, offset, length, sum: from.unsigned() });
      offset += length;
      if ((i + 1) % SERIES_A_SLICE === 0) await breathe();
    }
    rows.sort((a, b) => a.ref - b.ref);
    return {
      refs: Int32Array.from(rows, ({ ref }) => ref),
      offsets: Float64Array.from(rows, (row) => row.offset),
      lengths: Uint32Array.from(rows, ({ length }) => length),
      sums: Uint32Array.from(rows, ({ sum }) => sum),
    };
  }

  async #read(offset: number, length: number): Promise<Buffer<ArrayBuffer>> {
    this.#handle ??= open(this.file, 'r');
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await (await this.#handle).read(bytes, 0, length, offset);
    if (bytesRead < length) throw new RangeError(`${this.file} ends early`);
    return bytes;
  }
}

function search(refs: Int32Array, ref: SeriesRef): number {
  let low = 0;
  let high = refs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (refs[middle] < ref) low = middle + 1;
    else high = middle;
  }
  return refs[low] === ref ? low : -1;
}
