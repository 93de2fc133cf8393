import { notificationKey } from '../alert-log-record.js';
import type { Notice, Notifier } from './notifier.js';

/**
 * What a receiver has still to be told, in order and bounded. For a receiver that repeats, the end of
 * an alert takes the place of its beginning; for others both are kept.
 */
export class NoticeQueue {
  readonly #notifier: Notifier;
  readonly #capacity: number;
  readonly #notices = new Map<string, Notice>();

  constructor(notifier: Notifier, capacity: number) {
    this.#notifier = notifier;
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#notices.size;
  }

  /**
   * @returns `replaced`: what need not be told any more; `dropped`: what there is no room for
   */
  push(notice: Notice): { replaced: Notice | undefined; dropped: Notice | undefined } {
    const key = this.#keyOf(notice);
    const before = this.#notices.get(key);
    this.#notices.set(key, notice);
    const replaced = before?.status === notice.status ? undefined : before;
    if (this.#notices.size <= this.#capacity) return { replaced, dropped: undefined };
    const [oldest] = this.#notices;
    this.#notices.delete(oldest[0]);
    return { replaced, dropped: oldest[1] };
  }

  /** The next message; it stays in the queue until {@link remove}. */
  next(most: number): Notice[] {
    const batch: Notice[] = [];
    for (const notice of this.#notices.values()) {
      if (batch.length >= most) break;
      if (batch.length > 0 && !this.#notifier.together(batch[0], notice)) break;
      batch.push(notice);
    }
    return batch;
  }

  /** Takes notices out, unless a newer one has taken their place in the meantime. */
  remove(notices: readonly Notice[]): void {
    for (const notice of notices) {
      const key = this.#keyOf(notice);
      if (this.#notices.get(key) === notice) this.#notices.delete(key);
    }
  }

  #keyOf({ alert }: Notice): string {
    return this.#notifier.repeats
      ? `${alert.fingerprint}:${alert.firedAt}`
      : notificationKey(alert);
  }
}
