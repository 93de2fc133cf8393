import { stat } from 'node:fs/promises';
import { newHeader, SegmentWriter } from '../../lib/journal/segment.js';
import type { Part } from './part.js';
import { fileOf, LOG_SCHEMA } from './tier-files.js';

export interface LogWriterOptions {
  readonly directory: string;
  readonly now: () => number;
  readonly nextNumber: () => number;
}

/** Writes the logs of parts, one file a part unless one breaks. Calls run one after the other. */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #writers = new Map<Part, SegmentWriter>();
  readonly #bytes = new Map<Part, number>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** Bytes of all logs. */
  get bytes(): number {
    let sum = 0;
    for (const bytes of this.#bytes.values()) sum += bytes;
    return sum;
  }

  /** Counts what a part had on disk when the store was opened. */
  async adopt(log: number, part: Part): Promise<void> {
    const { size } = await stat(fileOf(this.#options.directory, log, 'log'));
    this.#bytes.set(part, (this.#bytes.get(part) ?? 0) + size);
  }

  /** Writes and syncs what waits in a part. @throws where the disk does not take it; it waits on then */
  write(part: Part): Promise<void> {
    return this.#afterOthers(() => this.#write(part));
  }

  /** Closes the file of a part that gets nothing more. */
  end(part: Part): Promise<void> {
    return this.#afterOthers(async () => {
      const writer = this.#writers.get(part);
      this.#writers.delete(part);
      await writer?.close();
    });
  }

  /** The logs of the part are gone. */
  forget(part: Part): void {
    this.#bytes.delete(part);
  }

  close(): Promise<void> {
    return this.#afterOthers(async () => {
      for (const writer of this.#writers.values()) await writer.close();
      this.#writers.clear();
    });
  }

  async #afterOthers(run: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(run);
    this.#last = mine.catch(() => undefined);
    await mine;
  }

  async #write(part: Part): Promise<void> {
    if (part.waiting === 0) return;
    const open = this.#writers.get(part);
    const isNew = open === undefined || open.broken;
    const writer = isNew ? await this.#create(part, open) : open;
    const records = part.takeRecords(isNew);
    const before = isNew ? 0 : writer.bytes;
    try {
      await writer.append(records);
    } catch (thrown) {
      part.putBack(isNew ? records.slice(1) : records);
      throw thrown;
    }
    this.#bytes.set(part, (this.#bytes.get(part) ?? 0) + writer.bytes - before);
  }

  async #create(part: Part, broken: SegmentWriter | undefined): Promise<SegmentWriter> {
    const { directory, nextNumber, now } = this.#options;
    const number = nextNumber();
    const writer = await SegmentWriter.create(directory, number, newHeader(LOG_SCHEMA, now()));
    await broken?.close().catch(() => undefined);
    part.logs.push(number);
    this.#writers.set(part, writer);
    return writer;
  }
}
