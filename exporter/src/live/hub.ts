import {
  LIVE_CLOSE_CODES,
  type LiveErrorCode,
  type LivePosition,
  type LiveStream,
  type LiveSubscribe,
} from '@kymo/contract';
import type { Clock } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import { DEFAULT_LOOKBACK } from '../promql/engine.js';
import type { SeriesReader } from '../series/reader.js';
import { LiveClient, type Sessions, type Transport } from './client.js';
import { Delivery } from './delivery.js';
import { epochOf } from './epoch.js';
import { EventStream } from './event-stream.js';
import type { Feed } from './feed.js';
import { LimitWatch, LIVE_LIMITS, type LiveLimits, type NearLimit } from './limits.js';
import { errorMessage, helloMessage } from './messages.js';
import { Outgoing } from './outgoing.js';
import { Positions } from './positions.js';
import { LiveStats } from './stats.js';
import { Subscriptions } from './subscriptions.js';
import type { Topic } from './topic.js';
import { Topics } from './topics.js';

export interface LiveHubOptions {
  readonly reader: SeriesReader;
  /** Milliseconds. */
  readonly tick: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<LiveLimits>;
  /** Milliseconds that a sample stands for its series; 5 minutes by default. */
  readonly lookback?: number;
  /** Milliseconds that samples are kept; what reads further back has no stream. No limit by default. */
  readonly retention?: number;
  /**
   * The time (Unix ms) after which no sample has been dropped from the head; 0 while none has. Frames
   * that would need older ones are not made up: whoever asks for them is told of a gap.
   */
  readonly whole?: () => number;
  /** The time (Unix ms) of the first tick there are samples of; that of the first publish by default. */
  readonly since?: number;
  /** Told when a limit is used up to nine tenths. */
  readonly onNearLimit?: (near: NearLimit) => void;
}

/**
 * Live streams: evaluates what clients subscribe to at each tick, once for all of them, and hands the
 * same bytes to each. What a client missed is worked out again from the series.
 */
export class LiveHub implements Sessions {
  readonly stats = new LiveStats();
  /** Names this run: sequence numbers of another one may stand for other values. */
  readonly epoch: string;
  readonly #options: LiveHubOptions;
  readonly #limits: LiveLimits;
  readonly #clients = new Set<LiveClient>();
  readonly #topics: Topics;
  readonly #streams: Readonly<Record<LiveStream, EventStream>>;
  readonly #delivery: Delivery;
  readonly #subscriptions: Subscriptions;
  readonly #watch: LimitWatch;
  readonly #positions: Positions;
  #sources = 0;

  constructor(options: LiveHubOptions) {
    const { clock, tick, reader, lookback = DEFAULT_LOOKBACK, retention = Infinity } = options;
    this.#options = options;
    this.#limits = { ...LIVE_LIMITS, ...options.limits };
    this.epoch = epochOf(tick, clock.now());
    const { whole = () => 0, since } = options;
    this.#positions = new Positions({ tick, whole, since });
    const onNear = (near: NearLimit): void => this.#nearLimit(near);
    this.#watch = new LimitWatch('clients', this.#limits.maxClients, onNear);
    this.#topics = new Topics({
      epoch: this.epoch,
      tick,
      reader,
      lookback,
      retention,
      limits: this.#limits,
      monotonic: () => clock.monotonic(),
      nextNumber: () => ++this.#sources,
      onNear,
    });
    this.#streams = { alerts: this.#stream('alerts'), events: this.#stream('events') };
    this.#delivery = new Delivery({
      maxBuffered: this.#limits.maxBuffered,
      stats: this.stats,
      monotonic: () => clock.monotonic(),
    });
    this.#subscriptions = new Subscriptions({
      clock,
      topics: this.#topics,
      streams: this.#streams,
      positions: this.#positions,
      delivery: this.#delivery,
    });
  }

  get clients(): number {
    return this.#clients.size;
  }

  get topics(): number {
    return this.#topics.size;
  }

  get subscriptions(): number {
    let count = 0;
    for (const { subscriptions } of this.#clients) count += subscriptions.size;
    return count;
  }

  get rate(): number {
    return this.#limits.rate;
  }

  get maxSubscriptions(): number {
    return this.#limits.maxSubscriptions;
  }

  /** Takes a client, and greets it; `undefined` where there are too many, which it is told. */
  connect(transport: Transport): LiveClient | undefined {
    const { clock, tick } = this.#options;
    if (!this.#watch.check(this.#clients.size)) {
      this.stats.countRefused('too_many_clients');
      this.stats.countClosed(LIVE_CLOSE_CODES.tryAgainLater);
      const reason = `${this.#limits.maxClients} clients are connected (live.max_clients)`;
      transport.close(LIVE_CLOSE_CODES.tryAgainLater, reason);
      return undefined;
    }
    const client = new LiveClient(transport, this);
    this.#clients.add(client);
    client.send(new Outgoing(helloMessage({ epoch: this.epoch, time: clock.now(), tick })));
    return client;
  }

  /** Forgets a client whose connection has ended. Safe to call twice. */
  disconnect(client: LiveClient): void {
    if (!this.#clients.delete(client)) return;
    client.end();
    this.#subscriptions.endAll(client);
  }

  /** Ends a connection; the code is one of the protocol's. */
  close(client: LiveClient, code: number, reason: string): void {
    if (!client.isOpen) return;
    this.stats.countClosed(code);
    this.disconnect(client);
    client.transport.close(code, reason);
  }

  /** Tells all who subscribe to a stream, at the end of the tick. */
  emit(stream: LiveStream, event: object): void {
    this.#streams[stream].emit(event);
  }

  /**
   * Sends the frames of a tick. Called at its end, when readers see its samples.
   * @param time Unix milliseconds
   * @param seq number of the tick on the grid
   */
  publish(time: number, seq: number): void {
    const previous = this.#positions.last;
    if (seq <= previous) return;
    const { clock, tick } = this.#options;
    this.#positions.advance(seq);
    for (const stream of Object.values(this.#streams)) stream.endTick(time, seq);
    const end = clock.monotonic() + this.#limits.evaluationShare * tick;
    for (const topic of this.#topics) {
      if (!topic.isLive) continue;
      if (previous > 0) this.#missLate(topic, previous, seq);
      if (!topic.isDue(seq)) continue;
      if (clock.monotonic() < end) this.#evaluate(topic, seq);
      else topic.fail(seq, OVERLOADED(topic.name));
    }
    this.#delivery.deliver(seq);
    this.#subscriptions.beginEarly();
  }

  /** To be called when a client's connection has room again. */
  drained(client: LiveClient): void {
    if (!client.isOpen || !this.#delivery.drained(client)) return;
    this.#subscriptions.resume(client);
  }

  /** Closes clients that are idle, or too slow for too long; to be called about every second. */
  sweep(): void {
    const now = this.monotonic();
    const { idleTimeout, slowTimeout } = this.#limits;
    for (const client of this.#clients) {
      if (client.slowSince !== undefined && now - client.slowSince >= slowTimeout) {
        const reason = `nothing has been read for ${slowTimeout / 1000} s`;
        this.close(client, LIVE_CLOSE_CODES.tooSlow, reason);
      } else if (client.subscriptions.size === 0 && now - client.idleSince >= idleTimeout) {
        const reason = `nothing was subscribed to for ${idleTimeout / 1000} s`;
        this.close(client, LIVE_CLOSE_CODES.idle, reason);
      }
    }
  }

  /** Closes all connections: the exporter shuts down. */
  stop(): void {
    this.#subscriptions.stop();
    for (const client of [...this.#clients]) {
      this.close(client, LIVE_CLOSE_CODES.goingAway, 'the exporter shuts down');
    }
  }

  monotonic(): number {
    return this.#options.clock.monotonic();
  }

  subscribe(client: LiveClient, message: LiveSubscribe): Feed {
    return this.#subscriptions.add(client, message);
  }

  begin(feed: Feed, from: LivePosition | undefined): void {
    this.#subscriptions.begin(feed, from);
  }

  unsubscribe(feed: Feed): void {
    this.#subscriptions.end(feed);
  }

  tooManyMessages(client: LiveClient): void {
    const reason = `more than ${this.#limits.rate} messages a second (live.rate)`;
    this.refused('too_many_messages');
    client.send(new Outgoing(errorMessage({ code: 'too_many_messages', message: reason })));
    this.close(client, LIVE_CLOSE_CODES.tooManyMessages, reason);
  }

  sent(message: Outgoing): void {
    this.stats.sent(message);
  }

  received(): void {
    this.stats.received++;
  }

  refused(code: LiveErrorCode): void {
    this.stats.countRefused(code);
  }

  #evaluate(topic: Topic, seq: number): void {
    const failures = topic.failures;
    topic.evaluate(seq);
    this.stats.failures += topic.failures - failures;
  }

  /** Grid times that passed without a tick have no frame; subscribers learn that it is so. */
  #missLate(topic: Topic, previous: number, seq: number): void {
    const first = topic.floor(previous) + topic.every;
    const last = topic.floor(seq - 1);
    if (last >= first) topic.miss(first, (last - first) / topic.every + 1);
  }

  #stream(name: LiveStream): EventStream {
    return new EventStream({ name, number: ++this.#sources, epoch: this.epoch });
  }

  #nearLimit(near: NearLimit): void {
    this.#options.logger.warn('a limit of live streams is near', { ...near });
    this.#options.onNearLimit?.(near);
  }
}

const OVERLOADED = (topic: string): string =>
  errorMessage(
    {
      code: 'overloaded',
      message: 'all subscriptions together cost more than a tick has time for; simplify some',
    },
    topic,
  );
