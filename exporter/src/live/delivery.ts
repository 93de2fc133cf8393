import type { LiveClient } from './client.js';
import type { Source } from './feed.js';
import { Groups } from './groups.js';
import { Outgoing } from './outgoing.js';
import type { LiveStats } from './stats.js';
import { Topic } from './topic.js';

export interface DeliveryOptions {
  /** Bytes that may wait for a client to read them. */
  readonly maxBuffered: number;
  readonly stats: LiveStats;
  /** Milliseconds on a clock that never goes back. */
  readonly monotonic: () => number;
}

/**
 * Hands the messages of a tick to clients: one message each, made once for all with the same sources.
 * A client that does not read as fast is left out until it does, and then gets the newest frame.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #groups = new Groups();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Notes that other sources are live for a client. */
  change(client: LiveClient): void {
    this.#groups.change(client);
  }

  remove(client: LiveClient): void {
    this.#groups.remove(client);
  }

  deliver(seq: number): void {
    const { maxBuffered } = this.#options;
    for (const { sources, clients } of this.#groups.settled()) {
      const texts = sources.flatMap((source) => source.batch(seq));
      if (texts.length === 0) continue;
      const message = Outgoing.joined(texts);
      for (const client of clients) {
        if (client.slowSince === undefined && client.transport.buffered <= maxBuffered) {
          client.send(message);
        } else this.#leaveOut(client, sources, seq);
      }
    }
  }

  /** Sends to one client. @returns false where it does not read fast enough */
  sendTo(client: LiveClient, message: Outgoing): boolean {
    client.send(message);
    if (client.transport.buffered <= this.#options.maxBuffered) return true;
    this.#slow(client);
    return false;
  }

  /** Sends a slow client what was left out, where it has read. @returns whether it has */
  drained(client: LiveClient): boolean {
    if (client.transport.buffered > this.#options.maxBuffered / 2) return false;
    client.slowSince = undefined;
    const texts = [...client.lost].flatMap(([{ source }, from]) => source.catchUp(from));
    client.lost.clear();
    if (texts.length > 0) client.send(Outgoing.joined(texts));
    return true;
  }

  #leaveOut(client: LiveClient, sources: readonly Source[], seq: number): void {
    this.#slow(client);
    for (const source of sources) {
      const feed = client.feeds.get(source);
      if (feed === undefined || source.batch(seq).length === 0) continue;
      // The newest frame comes as soon as there is room, so that the one before it is lost.
      if (!client.lost.has(feed)) client.lost.set(feed, seq);
      else if (source instanceof Topic) this.#options.stats.droppedFrames++;
    }
    // The connection may have had room again before there was something to tell.
    this.drained(client);
  }

  #slow(client: LiveClient): void {
    client.slowSince ??= this.#options.monotonic();
  }
}
