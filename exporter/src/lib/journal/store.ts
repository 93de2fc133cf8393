import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../atomic-file.js';
import type { Clock } from '../clock.js';
import { fileName, type FileKind } from './files.js';
import { decodeHeader, encodeHeader, encodeRecords, readRecords } from './format.js';
import type { Recovered, Segment } from './recover.js';
import { newHeader, SegmentWriter } from './segment.js';

export interface StoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly schema: number;
  readonly segmentBytes: number;
  readonly maxBytes: number;
  readonly keep: number;
}

/** The files of a journal: what is written goes to the last segment. One call at a time. */
export class SegmentStore {
  readonly #options: StoreOptions;
  readonly #segments: Segment[];
  #covered: number;
  #writer: SegmentWriter | undefined;

  private constructor(options: StoreOptions, { segments, covered }: Recovered) {
    this.#options = options;
    this.#segments = segments;
    this.#covered = covered;
  }

  static async open(options: StoreOptions, recovered: Recovered): Promise<SegmentStore> {
    const store = new SegmentStore(options, recovered);
    await store.#resume();
    await store.#prune();
    return store;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Bytes of the segments that no snapshot stands for. */
  get uncoveredBytes(): number {
    return this.#bytesFrom(this.#covered);
  }

  /** Writes and syncs; `bytes` is what the payloads take. */
  async append(payloads: readonly Uint8Array[], bytes: number): Promise<void> {
    const writer = await this.#writable(bytes);
    await writer.append(payloads);
    const segment = this.#segments.at(-1);
    if (segment !== undefined) segment.bytes = writer.bytes;
  }

  /** Writes a snapshot that stands for everything before, and clears what is no longer wanted. */
  async snapshot(records: readonly Uint8Array[]): Promise<void> {
    const { directory, schema, clock } = this.#options;
    await this.#end();
    const number = this.#nextNumber();
    const header = newHeader(schema, clock.now());
    const content = [encodeHeader(header), encodeRecords(records, header.mark)];
    await writeAtomically(path.join(directory, fileName('snapshot', number)), content);
    const old = this.#covered;
    this.#covered = number;
    if (old > 0 && old !== number) await rm(this.#path('snapshot', old), { force: true });
    await this.#prune();
  }

  /** The records of a segment; none where it is gone or cannot be read. */
  async read(number: number): Promise<Buffer[]> {
    const records: Buffer[] = [];
    try {
      const bytes = await readFile(this.#path('segment', number));
      const result = decodeHeader(bytes, this.#options.schema);
      if (result.kind === 'fine') {
        readRecords(bytes, result.header.mark, (record) => records.push(record));
      }
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
    return records;
  }

  close(): Promise<void> {
    return this.#end();
  }

  async #resume(): Promise<void> {
    const last = this.#segments.at(-1);
    if (last?.header === undefined || last.number < this.#covered) return;
    const { directory, schema } = this.#options;
    const { number, header, bytes } = last;
    // Also where nothing will be added: it cuts off what was written in part.
    this.#writer = await SegmentWriter.reopen(directory, { number, header, bytes });
    if (header.schema !== schema) await this.#end();
  }

  /** The segment to write `bytes` to; a new one where the last has no room. */
  async #writable(bytes: number): Promise<SegmentWriter> {
    const writer = this.#writer;
    const { directory, schema, segmentBytes, clock } = this.#options;
    const room = writer !== undefined && writer.bytes + bytes <= segmentBytes;
    if (room && !writer.broken) return writer;
    await this.#end();
    const number = this.#nextNumber();
    const header = newHeader(schema, clock.now());
    this.#writer = await SegmentWriter.create(directory, number, header);
    this.#segments.push({ number, header, bytes: this.#writer.bytes });
    await this.#prune();
    return this.#writer;
  }

  async #end(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }

  #nextNumber(): number {
    return Math.max((this.#segments.at(-1)?.number ?? 0) + 1, this.#covered);
  }

  /** Removes the segments that a snapshot stands for and that are too old or too many. */
  async #prune(): Promise<void> {
    const { clock, keep, maxBytes } = this.#options;
    const oldest = clock.now() - keep;
    for (;;) {
      const [first, second] = this.#segments;
      if (first === undefined || first.number >= this.#covered) return;
      // Nothing was added to a segment after the next was begun.
      const end = second?.header?.created;
      const expired = keep === 0 || (end !== undefined && end < oldest);
      if (!expired && this.#bytesFrom(0) <= maxBytes) return;
      await rm(this.#path('segment', first.number), { force: true });
      this.#segments.shift();
    }
  }

  #bytesFrom(number: number): number {
    return this.#segments.reduce((sum, one) => (one.number < number ? sum : sum + one.bytes), 0);
  }

  #path(kind: FileKind, number: number): string {
    return path.join(this.#options.directory, fileName(kind, number));
  }
}
