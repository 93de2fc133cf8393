import type { SourceWriter } from '../series/writer.js';

export interface CollectContext {
  /** The tick's time on the grid, Unix milliseconds: the time of every sample of this collection. */
  readonly time: number;
  readonly writer: SourceWriter;
  /** Aborted at the source's deadline; what is staged after that is thrown away. */
  readonly signal: AbortSignal;
}

/**
 * Something that yields samples once a tick. It stages values on the context's writer; the tick
 * commits them all together. An error (or a promise that misses the deadline) makes this source's
 * series stale and harms no other; it is counted and shown with its message.
 */
export interface Source {
  /** Unique; `kymo_collector_success{collector}` carries it. Lower case, dots between parts. */
  readonly name: string;
  /**
   * May return a promise where it has to wait; whatever can hang must wait, never block.
   * Throws {@link NoData} where this host has nothing to tell: then the source is not failed, only
   * silent.
   */
  collect(context: CollectContext): void | Promise<void>;
  /** Called once before the first collection. */
  start?(): void | Promise<void>;
  /** Called once at shutdown; releases what it holds. */
  stop?(): void | Promise<void>;
}

/** Thrown by a source that has nothing to tell on this host: neither zero nor an error. */
export class NoData extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NoData';
  }
}
