import type { Clock, Timer } from '../clock.js';
import { KymoError, messageOf } from '../errors.js';
import type { Logger } from '../logger.js';
import { DirectoryLock } from './directory-lock.js';
import type { FileKind } from './files.js';
import { MAX_RECORD_BYTES, recordBytes } from './format.js';
import { recover, type Damage } from './recover.js';
import { SegmentStore } from './store.js';

export interface JournalOptions {
  /** Made where it is missing. No other process may use it at the same time. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Version of what the records mean, from 1 (the default). Files of a later one are refused. */
  readonly schema?: number;
  /** Called for each record while opening: those of the newest snapshot, then those after it. */
  readonly restore: (record: Buffer, origin: FileKind) => void;
  /** Milliseconds that a record may wait before it is written; 1 s by default. */
  readonly flushInterval?: number;
  /** Length from which a new segment is begun; 4 MiB by default. */
  readonly segmentBytes?: number;
  /** Bound of all segments; 64 MiB by default. The oldest that a snapshot stands for go first. */
  readonly maxBytes?: number;
  /** Milliseconds that segments are kept after a snapshot stands for them; 0 by default. */
  readonly keep?: number;
}

interface Settled {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

type Operation =
  | { readonly kind: 'record'; readonly payload: Uint8Array; readonly settled?: Settled }
  | { readonly kind: 'flush'; readonly settled: Settled }
  | {
      readonly kind: 'snapshot';
      readonly records: readonly Uint8Array[];
      readonly settled: Settled;
    };

/** Waiting records beyond this are written before their time. */
const EAGER_BYTES = 256 * 1024;

/**
 * An append-only log in segments, with snapshots. Writes are in the order of the calls, and those that
 * wait for the disk together share one sync.
 */
export class Journal {
  /** What could not be read when it was opened. */
  readonly damages: readonly Damage[];
  readonly #options: Required<JournalOptions>;
  readonly #lock: DirectoryLock;
  readonly #store: SegmentStore;
  #queue: Operation[] = [];
  #queuedBytes = 0;
  #timer: Timer | undefined;
  #writing = false;
  #written: Promise<void> = Promise.resolve();
  #failing = false;
  #closed = false;

  private constructor(
    options: Required<JournalOptions>,
    parts: { lock: DirectoryLock; store: SegmentStore; damages: readonly Damage[] },
  ) {
    this.#options = options;
    this.#lock = parts.lock;
    this.#store = parts.store;
    this.damages = parts.damages;
  }

  /**
   * Opens the journal and restores what is in it. A cut-short end is dropped and damage is passed
   * over; both are logged with their place.
   * @throws KymoError `directory_locked`; `journal_newer`, and then nothing is changed
   */
  static async open(options: JournalOptions): Promise<Journal> {
    const { schema = 1, flushInterval = 1000, keep = 0 } = options;
    const { segmentBytes = 4 * 2 ** 20, maxBytes = 64 * 2 ** 20 } = options;
    const full = { ...options, schema, flushInterval, keep, segmentBytes, maxBytes };
    const lock = DirectoryLock.acquire(options.directory);
    try {
      const recovered = await recover(options.directory, schema, options.restore);
      const { damages } = recovered;
      for (const { kind, ...place } of damages) {
        if (kind === 'cut_short')
          options.logger.warn('journal was cut short; its end is dropped', place);
        else options.logger.error('journal is damaged; the rest of it is used', place);
      }
      return new Journal(full, { lock, damages, store: await SegmentStore.open(full, recovered) });
    } catch (thrown) {
      lock.release();
      throw thrown;
    }
  }

  /** Bytes that the next snapshot would stand for. */
  get uncoveredBytes(): number {
    return this.#queuedBytes + this.#store.uncoveredBytes;
  }

  /**
   * Adds a record, at most 16 MiB. With `durable` the promise resolves once it is on disk; without, it
   * is written within the flush interval. The payload must not be changed afterwards.
   * @throws KymoError `record_too_large`; `journal_full` where no snapshot was made in time;
   *   `journal_closed`; with `durable` also `journal_write_failed`, and then it is not in the journal
   */
  append(payload: Uint8Array): void;
  append(payload: Uint8Array, options: { durable: true }): Promise<void>;
  append(payload: Uint8Array, options?: { durable: true }): Promise<void> | void {
    if (options === undefined) {
      this.#admit(payload);
      this.#queue.push({ kind: 'record', payload });
      if (this.#queuedBytes >= EAGER_BYTES && !this.#failing) this.#start();
      else this.#startLater();
      return;
    }
    return new Promise((resolve, reject) => {
      this.#admit(payload);
      this.#queue.push({ kind: 'record', payload, settled: { resolve, reject } });
      this.#start();
    });
  }

  /** Resolves once all that was added before is on disk. */
  flush(): Promise<void> {
    return this.#enqueue((settled) => ({ kind: 'flush', settled }));
  }

  /**
   * Makes `records` stand for all that was added before. Resolves once they are on disk and the
   * segments that are no longer wanted are gone.
   */
  snapshot(records: readonly Uint8Array[]): Promise<void> {
    return this.#enqueue((settled) => ({ kind: 'snapshot', records, settled }));
  }

  /** Segments on disk, the oldest first; `created` is absent where the header is damaged. */
  segments(): readonly { readonly number: number; readonly created: number | undefined }[] {
    return this.#store.segments.map(({ number, header }) => ({ number, created: header?.created }));
  }

  /** The records of a segment, those that wait included; none where it is gone. */
  async readSegment(number: number): Promise<Buffer[]> {
    if (this.#queue.length > 0 && !this.#closed) await this.flush();
    return this.#store.read(number);
  }

  /** Writes what waits and gives the directory free. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const flushed = this.flush();
    this.#closed = true;
    try {
      await flushed;
    } finally {
      await this.#written;
      this.#cancelTimer();
      await this.#store.close();
      this.#lock.release();
    }
  }

  #admit(payload: Uint8Array): void {
    if (this.#closed) throw new KymoError('journal_closed', 'the journal is closed');
    if (payload.length > MAX_RECORD_BYTES) {
      throw new KymoError(
        'record_too_large',
        `a record of ${payload.length} bytes is too large; at most ${MAX_RECORD_BYTES} are taken`,
      );
    }
    const bytes = recordBytes(payload);
    if (this.uncoveredBytes + bytes > this.#options.maxBytes) {
      throw new KymoError(
        'journal_full',
        `${this.#options.directory} has reached its bound of ${this.#options.maxBytes} bytes; see the log for why nothing could be cleared`,
      );
    }
    this.#queuedBytes += bytes;
  }

  #enqueue(operation: (settled: Settled) => Operation): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new KymoError('journal_closed', 'the journal is closed');
      this.#queue.push(operation({ resolve, reject }));
      this.#start();
    });
  }

  #startLater(): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.#options.clock.schedule(() => {
      this.#timer = undefined;
      this.#start();
    }, this.#options.flushInterval);
  }

  #cancelTimer(): void {
    if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer);
    this.#timer = undefined;
  }

  #start(): void {
    if (this.#writing) return;
    this.#writing = true;
    this.#written = this.#drain();
  }

  async #drain(): Promise<void> {
    this.#cancelTimer();
    let batch = this.#nextBatch();
    while (batch.length > 0) {
      this.#queue.splice(0, batch.length);
      try {
        const [first] = batch;
        if (first.kind === 'snapshot') await this.#store.snapshot(first.records);
        else await this.#writeRecords(batch);
        this.#failing = false;
        for (const { settled } of batch) settled?.resolve();
      } catch (thrown) {
        this.#failed(batch, thrown);
        break;
      }
      batch = this.#nextBatch();
    }
    // In the same turn as the last look at the queue: what comes next starts anew.
    this.#writing = false;
  }

  /** A snapshot, or what goes into one segment with one sync. */
  #nextBatch(): Operation[] {
    if (this.#queue[0]?.kind === 'snapshot') return [this.#queue[0]];
    const room = this.#options.segmentBytes;
    let bytes = 0;
    const end = this.#queue.findIndex((operation, i) => {
      if (operation.kind === 'snapshot') return true;
      if (operation.kind === 'record') bytes += recordBytes(operation.payload);
      return i > 0 && bytes > room;
    });
    return this.#queue.slice(0, end < 0 ? this.#queue.length : end);
  }

  async #writeRecords(batch: readonly Operation[]): Promise<void> {
    const payloads = batch.flatMap((operation) =>
      operation.kind === 'record' ? [operation.payload] : [],
    );
    if (payloads.length === 0) return;
    const bytes = payloads.reduce((sum, payload) => sum + recordBytes(payload), 0);
    await this.#store.append(payloads, bytes);
    this.#queuedBytes -= bytes;
  }

  /** All who wait are told; what nobody waits for is tried again after the flush interval. */
  #failed(batch: readonly Operation[], thrown: unknown): void {
    const { directory, logger } = this.#options;
    if (!this.#failing) {
      logger.error('journal cannot be written; trying again', { directory, error: thrown });
    }
    this.#failing = true;
    const error = new KymoError(
      'journal_write_failed',
      `${directory} cannot be written: ${messageOf(thrown)}; check space and permissions`,
      { cause: thrown },
    );
    const waiting = [...batch, ...this.#queue];
    this.#queue = waiting.filter(({ settled }) => settled === undefined);
    for (const operation of waiting) {
      if (operation.settled === undefined) continue;
      if (operation.kind === 'record') this.#queuedBytes -= recordBytes(operation.payload);
      operation.settled.reject(error);
    }
    if (this.#queue.length > 0 && !this.#closed) this.#startLater();
  }
}
