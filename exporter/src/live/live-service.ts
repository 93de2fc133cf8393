import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LiveStream } from '@kymo/contract';
import type { Clock } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import type { SeriesReader } from '../series/reader.js';
import type { Channel } from './grafana/channel.js';
import { DEFAULT_CHANNELS } from './grafana/default-channels.js';
import { GrafanaPush } from './grafana/push.js';
import type { GrafanaTargetOptions, GrafanaTargetStats } from './grafana/target.js';
import { LiveHub } from './hub.js';
import type { LiveLimits } from './limits.js';
import { LiveSockets } from './websocket.js';

export interface LiveServiceOptions {
  readonly reader: SeriesReader;
  /** Milliseconds. */
  readonly tick: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<LiveLimits>;
  /** Milliseconds that a sample stands for its series. */
  readonly lookback: number;
  /** Milliseconds that samples are kept. */
  readonly retention: number;
  /** The time (Unix ms) up to which samples had to go early, for want of memory. */
  readonly evicted: () => number | undefined;
  /** What is pushed to Grafanas; the provided channels by default. */
  readonly channels?: readonly Channel[];
  readonly grafanas?: readonly GrafanaTargetOptions[];
}

/** Live streams to those who subscribe and to Grafanas. */
export class LiveService {
  readonly hub: LiveHub;
  readonly #options: LiveServiceOptions;
  readonly #sockets: LiveSockets;
  readonly #push: GrafanaPush;
  readonly #channels: readonly Channel[];
  #first: number | undefined;
  #whole = 0;

  /** @throws KymoError `bad_channel`, `bad_grafana_url` */
  constructor(options: LiveServiceOptions) {
    this.#options = options;
    const { reader, tick, clock, logger, limits, lookback, retention } = options;
    this.hub = new LiveHub({
      reader,
      tick,
      clock,
      logger,
      limits,
      lookback,
      retention,
      whole: () => this.#whole,
      onNearLimit: (near) => this.emit('events', { event: 'limit', ...near }),
    });
    this.#sockets = new LiveSockets({ hub: this.hub, clock });
    const { channels = DEFAULT_CHANNELS, grafanas = [] } = options;
    this.#channels = channels;
    this.#push = new GrafanaPush({ reader, tick, clock, logger, channels, targets: grafanas });
  }

  get pushed(): readonly GrafanaTargetStats[] {
    return this.#push.stats;
  }

  /** What `/api/live/channels` answers. */
  channels(): { readonly channels: readonly object[]; readonly grafanas: readonly object[] } {
    const { tick } = this.#options;
    return {
      channels: this.#channels.map(({ name, expr, interval = tick, labels = {} }) => ({
        name,
        expr,
        interval,
        labels,
      })),
      grafanas: this.pushed.map(({ url, stream, lag = null, error = null }) => ({
        url,
        stream,
        lag,
        error,
      })),
    };
  }

  /** Takes a request for a WebSocket that the server has checked. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head);
  }

  /** Tells all who subscribe to a stream, with the next tick. */
  emit(stream: LiveStream, event: object): void {
    this.hub.emit(stream, event);
  }

  /**
   * Sends a tick to all; called at its end, when readers see it. Nothing in it waits.
   * @param time Unix milliseconds
   * @param number of the tick on the grid
   */
  publish(time: number, number: number): void {
    this.#first ??= time;
    const kept = time - this.#options.retention;
    this.#whole = Math.max(kept > this.#first ? kept : 0, this.#options.evicted() ?? 0);
    this.hub.publish(time, number);
    this.#push.publish(time, number);
  }

  /** Says goodbye to all clients. */
  async stop(): Promise<void> {
    this.#push.stop();
    await this.#sockets.close();
  }
}
