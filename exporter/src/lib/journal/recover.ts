import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { KymoError } from '../errors.js';
import { fileName, listFiles, type FileKind } from './files.js';
import { decodeHeader, HEADER_BYTES, readRecords, type Gap, type Header } from './format.js';

/** A segment as it lies on disk. */
export interface Segment {
  readonly number: number;
  /** Absent where it cannot be read. */
  readonly header: Header | undefined;
  bytes: number;
}

/** Bytes that were not read. */
export interface Damage {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  /**
   * `cut_short`: the end of the newest segment, as a kill or a power failure in mid-write leaves it;
   * it is dropped. `damaged`: anything else; it stays in the file, and what follows it was read.
   */
  readonly kind: 'cut_short' | 'damaged';
}

export interface Recovered {
  /** Ascending; those of the past too. */
  readonly segments: Segment[];
  /** The first segment that the newest snapshot does not stand for; 0 where there is no snapshot. */
  readonly covered: number;
  readonly damages: readonly Damage[];
}

type Restore = (record: Buffer, origin: FileKind) => void;

/**
 * Reads the newest snapshot and the segments after it.
 * @throws KymoError `journal_newer` before anything is changed or restored
 */
export async function recover(
  directory: string,
  schema: number,
  restore: Restore,
): Promise<Recovered> {
  const recovery = new Recovery(directory, schema, restore);
  return recovery.run();
}

class Recovery {
  readonly #directory: string;
  readonly #schema: number;
  readonly #restore: Restore;
  readonly #damages: Damage[] = [];

  constructor(directory: string, schema: number, restore: Restore) {
    this.#directory = directory;
    this.#schema = schema;
    this.#restore = restore;
  }

  async run(): Promise<Recovered> {
    const files = await listFiles(this.#directory);
    const segments: Segment[] = [];
    for (const number of files.segment) segments.push(await this.#segment(number));
    const snapshots: number[] = [];
    for (const number of files.snapshot) {
      const file = this.#path('snapshot', number);
      const header = await this.#header(file);
      if (header !== undefined) snapshots.push(number);
      else this.#damages.push({ file, offset: 0, bytes: HEADER_BYTES, kind: 'damaged' });
    }
    const covered = snapshots.at(-1) ?? 0;
    if (covered > 0) await this.#snapshot(covered);
    const last = segments.at(-1);
    for (const segment of segments) {
      if (segment.number >= covered) await this.#replay(segment, segment === last);
    }
    if (last !== undefined && last.bytes < HEADER_BYTES) {
      // Killed while it was made: no record was ever in it.
      await rm(this.#path('segment', last.number), { force: true });
      segments.pop();
    }
    return { segments, covered, damages: this.#damages };
  }

  async #segment(number: number): Promise<Segment> {
    const file = this.#path('segment', number);
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      return { number, header: await this.#header(file), bytes: size };
    } finally {
      await handle.close();
    }
  }

  async #header(file: string): Promise<Header | undefined> {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(HEADER_BYTES),
        0,
        HEADER_BYTES,
        0,
      );
      const result = decodeHeader(buffer.subarray(0, bytesRead), this.#schema);
      if (result.kind === 'newer') {
        throw new KymoError(
          'journal_newer',
          `${file} was written by a newer version of Kymo, as ${result.what}; run that version, or choose another data_dir`,
        );
      }
      return result.kind === 'fine' ? result.header : undefined;
    } finally {
      await handle.close();
    }
  }

  async #snapshot(number: number): Promise<void> {
    const file = this.#path('snapshot', number);
    for (const gap of await this.#read(file, 'snapshot')) this.#damaged(file, gap);
  }

  async #replay(segment: Segment, newest: boolean): Promise<void> {
    const file = this.#path('segment', segment.number);
    if (segment.header === undefined) {
      const kind = newest && segment.bytes < HEADER_BYTES ? 'cut_short' : 'damaged';
      this.#damages.push({ file, offset: 0, bytes: segment.bytes, kind });
      return;
    }
    for (const gap of await this.#read(file, 'segment')) {
      if (newest && gap.offset + gap.bytes === segment.bytes) {
        this.#damages.push({ file, ...gap, kind: 'cut_short' });
        segment.bytes = gap.offset;
      } else this.#damaged(file, gap);
    }
  }

  async #read(file: string, origin: FileKind): Promise<Gap[]> {
    const bytes = await readFile(file);
    const result = decodeHeader(bytes, this.#schema);
    if (result.kind !== 'fine') return [{ offset: 0, bytes: bytes.length }];
    return readRecords(bytes, result.header.mark, (record) => this.#restore(record, origin));
  }

  #damaged(file: string, gap: Gap): void {
    this.#damages.push({ file, ...gap, kind: 'damaged' });
  }

  #path(kind: FileKind, number: number): string {
    return path.join(this.#directory, fileName(kind, number));
  }
}
