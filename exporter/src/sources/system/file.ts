import { closeSync, existsSync, openSync, read, readSync } from 'node:fs';
import { messageOf } from '../../lib/errors.js';
import { NoData } from '../source.js';
import { Scanner } from './scanner.js';

/** Descriptors that all files together may keep; those beyond are opened for each reading. */
const MAX_KEPT_OPEN = 512;
/**
 * Readings after which a kept descriptor is opened anew: it stays with what it was opened for, and a
 * device may be renamed or a mount be put over the path meanwhile.
 */
const READINGS_PER_OPENING = 60;
const MAX_PAUSE = 32;
const PAGE = 4096;
/**
 * Bytes of a line of those files in /proc that the kernel writes line by line. It ends a reading early
 * only where the next line does not fit into a page, so what is much shorter is the whole file, and the
 * reading that would find the end is spared; for /proc/net/udp that is half the work.
 */
const MAX_RECORD = 1024;
/** Bytes that the attribute of a slow device has at most. */
const MAX_LATER = 1024;

// Collectors run one after the other and parse before they read on, so one buffer serves them all.
let buffer: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
const scanner = new Scanner();
let keptOpen = 0;
let opened = 0;

/**
 * A file of the kernel (/proc, /sys) that is read every tick. Its descriptor is kept open and read
 * from the start, which costs a fifth of opening it each time.
 */
export class SystemFile {
  readonly path: string;
  readonly #shortRead: number;
  #descriptor = -1;
  #readingsLeft = 0;
  #expected = PAGE;
  #failures = 0;
  #pause = 0;
  #missing: NoData | undefined;
  #reading = false;
  #closing = false;

  /** @param options `longRecords` where a line of the file may have more than 1,024 bytes */
  constructor(path: string, options: { longRecords?: boolean } = {}) {
    this.path = path;
    this.#shortRead = options.longRecords === true ? 0 : PAGE - MAX_RECORD;
  }

  /**
   * The whole text; valid until another file is read.
   * @throws NoData where the file does not exist, Error where it cannot be read.
   */
  scan(): Scanner {
    const length = this.#read(true);
    return scanner.load(this.path, buffer, length);
  }

  /** As {@link scan}, undefined where the file does not exist. */
  scanIfExists(): Scanner | undefined {
    return this.#descriptor < 0 && !existsSync(this.path) ? undefined : this.scan();
  }

  /** Copies the whole text. Errors as {@link scan}. */
  bytes(): Buffer {
    const length = this.#read(true);
    return Buffer.from(buffer.subarray(0, length));
  }

  /** Whether the text is still `bytes`. Errors as {@link scan}. */
  equals(bytes: Buffer): boolean {
    const length = this.#read(true);
    return buffer.subarray(0, length).equals(bytes);
  }

  /**
   * The value of a file of one line, without blanks at its end; undefined where it cannot be read,
   * which for many attributes of a device is its way to say that it has none. Such a file is asked
   * again only now and then, up to every 32 calls (see {@link retry}).
   */
  attribute(): string | undefined {
    const length = this.#readAttribute();
    return length < 0 ? undefined : buffer.toString('utf8', 0, length).trimEnd();
  }

  /** As {@link attribute}: a decimal number, or a hexadecimal one after `0x`. */
  numericAttribute(): number | undefined {
    const length = this.#readAttribute();
    if (length <= 0) return undefined;
    const word = scanner.load(this.path, buffer, length).word();
    const value = word === '' ? NaN : Number(word);
    return Number.isNaN(value) ? undefined : value;
  }

  /**
   * As {@link attribute}, off the main thread, for devices that take their time to answer; trailing
   * blanks are kept. One call at a time.
   */
  attributeLater(): Promise<string | undefined> {
    if (this.#pause > 0) {
      this.#pause--;
      return Promise.resolve(undefined);
    }
    let descriptor: number;
    try {
      descriptor = this.#descriptor >= 0 ? this.#descriptor : this.#open();
    } catch {
      this.#failed();
      return Promise.resolve(undefined);
    }
    const bytes = Buffer.allocUnsafe(MAX_LATER);
    this.#reading = true;
    return new Promise((resolve) => {
      read(descriptor, bytes, 0, MAX_LATER, 0, (error, length) => {
        this.#reading = false;
        if (descriptor !== this.#descriptor) closeSync(descriptor);
        if (this.#closing) this.close();
        if (error === null) {
          this.#failures = 0;
          resolve(bytes.toString('utf8', 0, length).replace(/\n+$/, ''));
          return;
        }
        this.close();
        this.#failed();
        resolve(undefined);
      });
    });
  }

  /** Has the next call of {@link attribute} ask the file, whether or not it failed before. */
  retry(): void {
    this.#failures = 0;
    this.#pause = 0;
  }

  close(): void {
    this.#closing = this.#reading;
    if (this.#descriptor < 0 || this.#reading) return;
    closeSync(this.#descriptor);
    this.#descriptor = -1;
    keptOpen--;
  }

  #readAttribute(): number {
    if (this.#pause > 0) {
      this.#pause--;
      return -1;
    }
    try {
      if (this.#descriptor >= 0 || existsSync(this.path)) {
        const length = this.#read(false);
        this.#failures = 0;
        return length;
      }
    } catch {
      this.close();
    }
    this.#failed();
    return -1;
  }

  #failed(): void {
    this.#pause = Math.min(2 ** this.#failures++, MAX_PAUSE) - 1;
  }

  /** Reads into the buffer and returns the length; `whole` reads on to the end of the file. */
  #read(whole: boolean): number {
    if (this.#descriptor >= 0 && this.#readingsLeft > 0) {
      this.#readingsLeft--;
      try {
        return this.#fill(this.#descriptor, whole);
      } catch {
        // A device that went and came again leaves a dead descriptor behind.
      }
    }
    this.close();
    const descriptor = this.#open();
    try {
      return this.#fill(descriptor, whole);
    } catch (thrown) {
      throw new Error(`cannot read ${this.path}: ${messageOf(thrown)}`, { cause: thrown });
    } finally {
      if (this.#descriptor < 0) closeSync(descriptor);
    }
  }

  #open(): number {
    let descriptor: number;
    try {
      // Asked first, as an error costs more than all else here.
      if (!existsSync(this.path))
        throw (this.#missing ??= new NoData(`${this.path} does not exist`));
      descriptor = openSync(this.path, 'r');
    } catch (thrown) {
      if (thrown instanceof NoData) throw thrown;
      throw new Error(`cannot open ${this.path}: ${messageOf(thrown)}`, { cause: thrown });
    }
    if (keptOpen < MAX_KEPT_OPEN) {
      this.#descriptor = descriptor;
      keptOpen++;
      // Staggered, so that not all are opened anew in one tick.
      this.#readingsLeft = READINGS_PER_OPENING + (opened++ % READINGS_PER_OPENING);
    }
    return descriptor;
  }

  #fill(descriptor: number, whole: boolean): number {
    if (!whole) return readSync(descriptor, buffer, 0, PAGE, 0);
    let length = 0;
    for (;;) {
      // No more than expected is asked for: the kernel allocates as much for some files (sysctl).
      if (length + this.#expected > buffer.length) buffer = enlarged(length + this.#expected);
      const count = readSync(descriptor, buffer, length, this.#expected, length);
      length += count;
      if (count === 0 || (count < this.#shortRead && length === count)) break;
    }
    this.#expected = Math.ceil((length + 1) / PAGE) * PAGE;
    return length;
  }
}

function enlarged(size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(size)));
  buffer.copy(larger);
  return larger;
}

/** Whether an error of `node:fs` says that the file (or a folder of its path) does not exist. */
export function isMissing(thrown: unknown): boolean {
  const code = errorCode(thrown);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** `ENOENT` and the like, undefined for what is no error of the operating system. */
export function errorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
