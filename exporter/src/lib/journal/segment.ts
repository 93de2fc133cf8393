import { randomInt } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../atomic-file.js';
import { encodeHeader, encodeRecords, HEADER_BYTES, type Header } from './format.js';
import { fileName } from './files.js';

/** A header with a mark of its own. */
export function newHeader(schema: number, created: number): Header {
  // 0 is what a file is filled with that was made longer but not written.
  return { schema, mark: randomInt(1, 2 ** 32), created };
}

/** The segment that is written to. */
export class SegmentWriter {
  readonly #header: Header;
  readonly #handle: FileHandle;
  #bytes: number;
  #broken = false;

  private constructor(header: Header, handle: FileHandle, bytes: number) {
    this.#header = header;
    this.#handle = handle;
    this.#bytes = bytes;
  }

  static async create(directory: string, number: number, header: Header): Promise<SegmentWriter> {
    const file = path.join(directory, fileName('segment', number));
    const handle = await open(file, 'wx', 0o640);
    try {
      await handle.write(encodeHeader(header), 0, HEADER_BYTES, 0);
      await handle.sync();
      await syncDirectory(directory);
    } catch (thrown) {
      await handle.close();
      await rm(file, { force: true });
      throw thrown;
    }
    return new SegmentWriter(header, handle, HEADER_BYTES);
  }

  /** Goes on after the first `bytes` of a file; what follows them is cut off. */
  static async reopen(
    directory: string,
    { number, header, bytes }: { number: number; header: Header; bytes: number },
  ): Promise<SegmentWriter> {
    const handle = await open(path.join(directory, fileName('segment', number)), 'r+');
    await handle.truncate(bytes);
    return new SegmentWriter(header, handle, bytes);
  }

  /** Length of the file, all of it on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a fault has left it in a state that nothing can be added to. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Resolves once the records are on disk; where that fails, none of them is in the file. */
  async append(payloads: readonly Uint8Array[]): Promise<void> {
    if (payloads.length === 0) return;
    const bytes = encodeRecords(payloads, this.#header.mark);
    try {
      let written = 0;
      while (written < bytes.length) {
        const at = this.#bytes + written;
        written += (await this.#handle.write(bytes, written, bytes.length - written, at))
          .bytesWritten;
      }
      await this.#handle.datasync();
      this.#bytes += bytes.length;
    } catch (thrown) {
      // After a failed sync nobody knows what is on disk: a new file is begun.
      this.#broken = true;
      await this.#handle.truncate(this.#bytes).catch(() => undefined);
      throw thrown;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
