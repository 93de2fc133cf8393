import type { Clock } from '../../lib/clock.js';
import { messageOf } from '../../lib/errors.js';
import type { Logger } from '../../lib/logger.js';
import { RejectedError, UnavailableError, type Notice, type Notifier } from './notifier.js';
import { NoticeQueue } from './queue.js';

export interface DeliveryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to less than 1; `Math.random` by default. */
  readonly random?: () => number;
  /** Milliseconds that an answer may take; 10 s by default. */
  readonly timeout?: number;
  /** Notices that wait at most; the oldest go first. 10,000 by default. */
  readonly capacity?: number;
  /** Milliseconds of the first and the longest wait after a failure; 1 s and 1 min by default. */
  readonly backoff?: { readonly first: number; readonly longest: number };
  /** Told of notices that were taken, or never will be. */
  readonly onSettled: (notices: readonly Notice[]) => void;
}

/** Notices by what became of them; `failed` counts attempts, after which they are tried again. */
export interface DeliveryStats {
  readonly receiver: string;
  readonly sent: number;
  readonly failed: number;
  readonly rejected: number;
  readonly dropped: number;
  readonly queued: number;
  /** Of the last attempt, where that failed. */
  readonly error: string | undefined;
}

/**
 * Sends notices to one receiver, one message after the other. What fails is tried again after a random
 * time up to a bound that doubles ("full jitter"), so that many senders do not come back together.
 */
export class Delivery {
  readonly notifier: Notifier;
  readonly #options: DeliveryOptions;
  readonly #queue: NoticeQueue;
  readonly #counts = { sent: 0, failed: 0, rejected: 0, dropped: 0 };
  #error: string | undefined;
  #failures = 0;
  /** After a rejection: how many notices go one by one, to find those that are at fault. */
  #singly = 0;
  #running: Promise<void> | undefined;
  #stop: AbortController = new AbortController();

  constructor(notifier: Notifier, options: DeliveryOptions) {
    this.notifier = notifier;
    this.#options = options;
    this.#queue = new NoticeQueue(notifier, options.capacity ?? 10_000);
  }

  get stats(): DeliveryStats {
    const { length } = this.#queue;
    return { receiver: this.notifier.name, ...this.#counts, queued: length, error: this.#error };
  }

  push(notice: Notice): void {
    if (this.#stop.signal.aborted) return;
    const { replaced, dropped } = this.#queue.push(notice);
    if (replaced !== undefined) this.#options.onSettled([replaced]);
    if (dropped !== undefined) {
      if (this.#counts.dropped++ === 0) {
        const { name } = this.notifier;
        this.#options.logger.warn('notifications are dropped, the oldest first', {
          receiver: name,
        });
      }
      this.#options.onSettled([dropped]);
    }
    this.#start();
  }

  /** Ends sending, also what is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #start(): void {
    if (this.#running !== undefined) return;
    // The loop begins later, so that what is pushed in one turn goes together.
    this.#running = Promise.resolve().then(() => this.#run());
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#stop.signal.aborted) {
      const batch = this.#queue.next(this.#singly > 0 ? 1 : this.notifier.batch);
      try {
        await this.#send(batch);
        this.#succeeded(batch);
      } catch (thrown) {
        if (thrown instanceof RejectedError) this.#rejected(batch, thrown);
        else await this.#failed(batch, thrown);
      }
    }
    this.#running = undefined;
  }

  async #send(batch: readonly Notice[]): Promise<void> {
    const { clock, timeout = 10_000 } = this.#options;
    const abort = new AbortController();
    const late = new UnavailableError(`no answer within ${timeout / 1000} s`);
    const timer = clock.schedule(() => abort.abort(late), timeout);
    const stop = (): void => abort.abort();
    this.#stop.signal.addEventListener('abort', stop);
    try {
      await this.notifier.send(batch, abort.signal);
    } catch (thrown) {
      throw abort.signal.aborted ? abort.signal.reason : thrown;
    } finally {
      clock.cancel(timer);
      this.#stop.signal.removeEventListener('abort', stop);
    }
  }

  #succeeded(batch: readonly Notice[]): void {
    this.#counts.sent += batch.length;
    if (this.#failures > 0) {
      this.#options.logger.info('receiver takes notifications again', this.#fields());
    }
    this.#failures = 0;
    this.#error = undefined;
    this.#singly = Math.max(0, this.#singly - 1);
    this.#settle(batch);
  }

  #rejected(batch: readonly Notice[], error: RejectedError): void {
    this.#error = error.message;
    if (batch.length > 1) {
      this.#singly = batch.length;
      return;
    }
    this.#counts.rejected++;
    this.#singly = Math.max(0, this.#singly - 1);
    const { labels } = batch[0];
    this.#options.logger.error('receiver rejects a notification', {
      ...this.#fields(),
      labels,
    });
    this.#settle(batch);
  }

  async #failed(batch: readonly Notice[], thrown: unknown): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#counts.failed += batch.length;
    this.#error = messageOf(thrown);
    if (this.#failures++ === 0) {
      this.#options.logger.warn('receiver cannot be notified; trying again', this.#fields());
    }
    const { first, longest } = this.#options.backoff ?? { first: 1000, longest: 60_000 };
    const bound = Math.min(longest, first * 2 ** Math.min(this.#failures - 1, 30));
    const asked = thrown instanceof UnavailableError ? thrown.retryAfter : 0;
    await this.#wait(Math.max(asked, (this.#options.random ?? Math.random)() * bound));
  }

  #wait(milliseconds: number): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const end = (): void => {
        clock.cancel(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = clock.schedule(end, milliseconds);
      signal.addEventListener('abort', end);
    });
  }

  #settle(batch: readonly Notice[]): void {
    this.#queue.remove(batch);
    this.#options.onSettled(batch);
  }

  #fields(): Record<string, unknown> {
    return { receiver: this.notifier.name, error: this.#error };
  }
}
