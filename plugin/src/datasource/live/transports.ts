import type { Channels } from './channels.js';
import type { LiveConnection, LiveTransport, Subscriber } from './connection.js';
import type { Transport } from '../query.js';
import type { ChannelEar, WatchChannel } from './grafana-live.js';

export interface TransportsOptions {
  readonly mode: Transport;
  readonly websocket: Pick<LiveConnection, 'subscribe'>;
  readonly channels: Pick<Channels, 'find'>;
  readonly watchChannel: WatchChannel;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Milliseconds that the next value may be late before the other way is tried as well. */
const PATIENCE = 1000;
/** Milliseconds between looks whether values still come, and between tries to learn of channels. */
const LOOK = 250;
const ASK_AGAIN = 2000;

/**
 * Subscribes over the way that is preferred, and over the other one as long as that brings nothing:
 * Grafana Live where the datasource is set so and the expression is a channel, the WebSocket otherwise.
 * A loss that is known of changes the way at once, silence when a value is late. The preferred one goes on
 * trying, so that one is back on it by itself. Rows that come over both ways are the same, and a table has
 * them once.
 */
export class Transports {
  readonly #options: TransportsOptions;

  constructor(options: TransportsOptions) {
    this.#options = options;
  }

  /** Subscribes until the returned function is called. */
  subscribe(subscriber: Subscriber): () => void {
    const { mode, websocket } = this.#options;
    // Who is not subscribed polls.
    if (mode === 'polling') return () => undefined;
    if (mode === 'websocket') return websocket.subscribe(subscriber);
    const ways = new Ways(subscriber, this.#options);
    return () => ways.stop();
  }
}

type Way = LiveTransport;

/** The two ways of one subscriber. */
class Ways {
  readonly #subscriber: Subscriber;
  readonly #options: TransportsOptions;
  readonly #preferred: Way;
  readonly #open = new Map<Way, () => void>();
  /** By our clock, when a way last brought something; at first when it was opened. None while it is down. */
  readonly #heard = new Map<Way, number>();
  readonly #look: ReturnType<typeof setInterval>;
  #stopped = false;
  #down = false;
  /** Milliseconds between rows of the channel, where there is one. */
  #channelInterval: number | undefined;

  constructor(subscriber: Subscriber, options: TransportsOptions) {
    this.#subscriber = subscriber;
    this.#options = options;
    this.#preferred = options.mode === 'live' ? 'live' : 'websocket';
    this.#openWay(this.#preferred);
    this.#look = setInterval(() => this.#fallBack(), LOOK);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#look);
    for (const close of this.#open.values()) close();
    this.#open.clear();
  }

  get #other(): Way {
    return this.#preferred === 'live' ? 'websocket' : 'live';
  }

  #openWay(way: Way): void {
    if (this.#open.has(way) || this.#stopped) return;
    this.#heard.set(way, this.#options.now());
    this.#open.set(way, way === 'websocket' ? this.#websocket() : this.#channel());
  }

  #closeWay(way: Way): void {
    this.#open.get(way)?.();
    this.#open.delete(way);
  }

  /** Nothing has come over a way for too long, or it is down. */
  #isSilent(way: Way): boolean {
    const heard = this.#heard.get(way);
    if (heard === undefined) return true;
    const wanted = this.#subscriber.interval(1);
    const interval = way === 'live' ? (this.#channelInterval ?? wanted) : wanted;
    return this.#options.now() - heard > interval + PATIENCE;
  }

  #fallBack(): void {
    if (!this.#isSilent(this.#preferred)) return;
    this.#openWay(this.#other);
    const isLost = this.#isSilent(this.#other);
    if (isLost && !this.#down) this.#subscriber.onDown();
    this.#down = isLost;
  }

  #onLost(way: Way): void {
    this.#heard.delete(way);
    this.#fallBack();
  }

  #onHeard(way: Way): void {
    this.#heard.set(way, this.#options.now());
    this.#down = false;
    if (way === this.#preferred) this.#closeWay(this.#other);
  }

  #websocket(): () => void {
    const subscriber = this.#subscriber;
    return this.#options.websocket.subscribe({
      expr: subscriber.expr,
      interval: (tick) => subscriber.interval(tick),
      position: () => subscriber.position(),
      onUp: (hello) => subscriber.onUp(hello),
      onDown: () => this.#onLost('websocket'),
      onFrame: (frame, columns, via) => {
        subscriber.onFrame(frame, columns, via);
        this.#onHeard('websocket');
      },
      onGap: (gap) => subscriber.onGap(gap),
      onError: (failure) => subscriber.onError(failure),
    });
  }

  #channel(): () => void {
    let closed = false;
    let unwatch: (() => void) | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const { channels, watchChannel } = this.#options;
    const { expr } = this.#subscriber;
    const find = async (): Promise<void> => {
      try {
        const channel = await channels.find(expr, this.#subscriber.interval(1));
        if (closed) return;
        if (channel === undefined) {
          // There is only the other way.
          this.#onLost('live');
          return;
        }
        this.#heard.set('live', this.#options.now());
        this.#channelInterval = channel.interval;
        const onDown = (): void => {
          if (!closed) this.#onLost('live');
        };
        unwatch = watchChannel(channel, { onRows: this.#rows(), onDown });
      } catch {
        if (closed) return;
        this.#onLost('live');
        again = setTimeout(() => void find(), ASK_AGAIN);
      }
    };
    void find();
    return () => {
      closed = true;
      clearTimeout(again);
      unwatch?.();
    };
  }

  /** Passes on what is new of the rows that Grafana keeps. */
  #rows(): ChannelEar['onRows'] {
    let seen: number | undefined;
    return (rows) => {
      const newest = rows.at(-1)?.time;
      // What Grafana has at first may be of any time, even of yesterday: only what follows is of now.
      if (seen !== undefined) {
        const interval = this.#subscriber.interval(1);
        for (const { time, columns, values } of rows) {
          if (time <= seen) continue;
          this.#onHeard('live');
          if (time % interval !== 0) continue;
          const frame = { type: 'frame', topic: '', epoch: '', seq: 0, schema: 1 } as const;
          this.#subscriber.onFrame({ ...frame, time, values: [...values] }, columns, 'live');
        }
      }
      if (newest !== undefined) seen = Math.max(seen ?? newest, newest);
    };
  }
}
