import type { LivePosition, LiveStream, LiveSubscribe } from '@kymo/contract';
import type { Clock } from '../lib/clock.js';
import type { LiveClient } from './client.js';
import type { Delivery } from './delivery.js';
import type { EventStream } from './event-stream.js';
import type { Feed } from './feed.js';
import { Outgoing } from './outgoing.js';
import type { Positions } from './positions.js';
import { Replays } from './replays.js';
import { Topic } from './topic.js';
import type { Topics } from './topics.js';

export interface SubscriptionsOptions {
  readonly clock: Clock;
  readonly topics: Topics;
  readonly streams: Readonly<Record<LiveStream, EventStream>>;
  readonly positions: Positions;
  readonly delivery: Delivery;
}

/** Who gets what, and from where on. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #replays: Replays;
  /** Feeds that were asked for before the first tick. */
  readonly #early = new Map<Feed, LivePosition | undefined>();

  constructor(options: SubscriptionsOptions) {
    const { clock, positions, delivery } = options;
    this.#options = options;
    this.#replays = new Replays({
      clock,
      last: () => positions.last,
      earliest: (topic) => positions.earliest(topic),
      send: (feed, message) => delivery.sendTo(feed.client, message),
      stall: (feed) => feed.client.stalled.add(feed),
      join: (feed) => {
        feed.live = true;
        delivery.change(feed.client);
      },
    });
  }

  /**
   * The feed of a client from what it subscribes to, which it may have already.
   * @throws LiveRefusal
   */
  add(client: LiveClient, message: LiveSubscribe): Feed {
    const { streams, topics } = this.#options;
    const source = 'stream' in message ? streams[message.stream] : topics.get(message);
    let feed = client.feeds.get(source);
    if (feed !== undefined) return feed;
    feed = { client, source, ids: new Set(), live: false, position: Infinity };
    source.feeds.add(feed);
    client.feeds.set(source, feed);
    return feed;
  }

  /** Lets a feed begin after a position, the newest frame by default, or begin again. */
  begin(feed: Feed, from: LivePosition | undefined): void {
    const { positions, delivery } = this.#options;
    const { source } = feed;
    if (positions.last === 0) {
      this.#early.set(feed, from ?? this.#early.get(feed));
      return;
    }
    if (source instanceof Topic) {
      const last = source.floor(positions.last);
      const position = Math.min(last, positions.of(from) ?? positions.beforeNewest(source));
      feed.position = feed.live ? position : Math.min(feed.position, position);
      feed.live = false;
      feed.client.lost.delete(feed);
      delivery.change(feed.client);
      this.#replays.add(feed, source);
      return;
    }
    const position = positions.of(from);
    const texts = position === undefined ? [] : source.catchUp(position + 1);
    if (texts.length > 0) feed.client.send(Outgoing.joined(texts));
    feed.live = true;
    delivery.change(feed.client);
  }

  /** Lets those begin that were asked for before the first tick. */
  beginEarly(): void {
    for (const [feed, from] of this.#early) this.begin(feed, from);
    this.#early.clear();
  }

  /** Goes on with what waited for a client to read. */
  resume(client: LiveClient): void {
    for (const feed of client.stalled) {
      if (feed.source instanceof Topic) this.#replays.add(feed, feed.source);
    }
    client.stalled.clear();
  }

  /** Ends a feed. */
  end(feed: Feed): void {
    const { client, source } = feed;
    client.feeds.delete(source);
    client.lost.delete(feed);
    client.stalled.delete(feed);
    this.#options.delivery.change(client);
    this.#drop(feed);
  }

  /** Ends all feeds of a client that is gone. */
  endAll(client: LiveClient): void {
    this.#options.delivery.remove(client);
    for (const feed of client.feeds.values()) this.#drop(feed);
  }

  stop(): void {
    this.#replays.stop();
  }

  #drop(feed: Feed): void {
    const { source } = feed;
    source.feeds.delete(feed);
    this.#early.delete(feed);
    this.#replays.remove(feed);
    if (source instanceof Topic && source.feeds.size === 0) this.#options.topics.delete(source);
  }
}
