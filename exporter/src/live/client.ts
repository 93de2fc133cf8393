import {
  parseLiveClientMessage,
  type LiveErrorCode,
  type LiveId,
  type LivePosition,
  type LiveSubscribe,
} from '@kymo/contract';
import { KymoError, messageOf } from '../lib/errors.js';
import type { Feed, Source } from './feed.js';
import { errorMessage, PONG, subscribedMessage } from './messages.js';
import { Outgoing } from './outgoing.js';

/** A connection as the hub sees it. */
export interface Transport {
  /** Bytes that were sent and wait for the peer to take them. */
  readonly buffered: number;
  send(message: Outgoing): void;
  /** Ends the connection; `LiveClient.closed` is called by whoever notices. */
  close(code: number, reason: string): void;
}

/** What a client asks of the hub. */
export interface Sessions {
  /** @throws LiveRefusal */
  subscribe(client: LiveClient, message: LiveSubscribe): Feed;
  /** Lets a feed begin, or begin again for one more subscription. */
  begin(feed: Feed, from: LivePosition | undefined): void;
  unsubscribe(feed: Feed): void;
  tooManyMessages(client: LiveClient): void;
  /** Milliseconds on a clock that never goes back. */
  monotonic(): number;
  readonly rate: number;
  readonly maxSubscriptions: number;
  sent(message: Outgoing): void;
  received(): void;
  refused(code: LiveErrorCode): void;
}

/** A subscription that is not taken. Its code is one of the protocol's. */
export class LiveRefusal extends KymoError {
  declare readonly code: LiveErrorCode;

  constructor(code: LiveErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}

/** How many messages may come at once, in seconds of the rate. */
const BURST = 10;

/** One client: what it has subscribed to, and what it may still ask. */
export class LiveClient {
  readonly transport: Transport;
  readonly feeds = new Map<Source, Feed>();
  /** By name of the subscription. */
  readonly subscriptions = new Map<LiveId, Feed>();
  /** Where frames are left out because it does not read: the first tick, by feed. */
  readonly lost = new Map<Feed, number>();
  /** Feeds that wait with what they missed until it has read. */
  readonly stalled = new Set<Feed>();
  /** Since when it has been slow, on the monotonic clock. */
  slowSince: number | undefined;
  /** Since when it has no subscription. */
  idleSince: number;
  /** Sources that are live for it, as a key of its group. */
  group: string | undefined;
  readonly #sessions: Sessions;
  #tokens: number;
  #tokensAt: number;
  #open = true;

  constructor(transport: Transport, sessions: Sessions) {
    this.transport = transport;
    this.#sessions = sessions;
    this.#tokens = sessions.rate * BURST;
    this.#tokensAt = sessions.monotonic();
    this.idleSince = this.#tokensAt;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  send(message: Outgoing): void {
    if (!this.#open) return;
    this.transport.send(message);
    this.#sessions.sent(message);
  }

  /** Takes a message; whatever is wrong with it is answered. */
  receive(text: string): void {
    if (!this.#open) return;
    this.#sessions.received();
    if (!this.#mayAsk()) {
      this.#sessions.tooManyMessages(this);
      return;
    }
    const parsed = parseLiveClientMessage(text);
    if (!parsed.ok) {
      this.#refuse(parsed.error.code, parsed.error.message, parsed.error.id);
      return;
    }
    const { message } = parsed;
    switch (message.type) {
      case 'subscribe':
        this.#subscribe(message);
        break;
      case 'unsubscribe':
        this.#unsubscribe(message.id);
        break;
      case 'ping':
        this.send(new Outgoing(PONG));
        break;
    }
  }

  /** Nothing goes to it or comes from it from now on. */
  end(): void {
    this.#open = false;
  }

  #subscribe(message: LiveSubscribe): void {
    const { id } = message;
    const { maxSubscriptions } = this.#sessions;
    if (this.subscriptions.has(id)) {
      const text = `there is a subscription ${JSON.stringify(id)} already; take another id, or unsubscribe it first`;
      this.#refuse('duplicate_id', text, id);
      return;
    }
    if (this.subscriptions.size >= maxSubscriptions) {
      const text = `a client may have ${maxSubscriptions} subscriptions (live.max_subscriptions)`;
      this.#refuse('too_many_subscriptions', text, id);
      return;
    }
    try {
      const feed = this.#sessions.subscribe(this, message);
      feed.ids.add(id);
      this.subscriptions.set(id, feed);
      this.send(new Outgoing(subscribedMessage(id, feed.source.name)));
      this.#sessions.begin(feed, message.from);
    } catch (thrown) {
      if (!(thrown instanceof LiveRefusal)) throw thrown;
      this.#refuse(thrown.code, messageOf(thrown), id);
    }
  }

  #unsubscribe(id: LiveId): void {
    const feed = this.subscriptions.get(id);
    if (feed === undefined) {
      this.#refuse('unknown_id', `there is no subscription ${JSON.stringify(id)}`, id);
      return;
    }
    this.subscriptions.delete(id);
    feed.ids.delete(id);
    if (feed.ids.size === 0) this.#sessions.unsubscribe(feed);
    if (this.subscriptions.size === 0) this.idleSince = this.#sessions.monotonic();
  }

  #refuse(code: LiveErrorCode, message: string, id?: LiveId): void {
    this.#sessions.refused(code);
    this.send(new Outgoing(errorMessage({ id, code, message })));
  }

  #mayAsk(): boolean {
    const { rate } = this.#sessions;
    const now = this.#sessions.monotonic();
    const earned = ((now - this.#tokensAt) / 1000) * rate;
    this.#tokens = Math.min(rate * BURST, this.#tokens + earned);
    this.#tokensAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
