import type { Clock } from '../../lib/clock.js';
import { KymoError } from '../../lib/errors.js';
import type { Logger } from '../../lib/logger.js';
import { PreparedExpression } from '../../promql/prepared.js';
import type { SeriesReader } from '../../series/reader.js';
import { samplesOf } from '../samples-of.js';
import { checkChannels, type Channel } from './channel.js';
import { LineWriter } from './line-protocol.js';
import { GrafanaTarget, type GrafanaTargetOptions, type GrafanaTargetStats } from './target.js';

export interface GrafanaPushOptions {
  readonly reader: SeriesReader;
  /** Milliseconds. */
  readonly tick: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly channels: readonly Channel[];
  readonly targets: readonly GrafanaTargetOptions[];
  /** What the evaluation of one channel may take, in milliseconds; 100 by default. */
  readonly timeout?: number;
  /** Evenly distributed in [0, 1); `Math.random` by default. */
  readonly random?: () => number;
}

interface Feed {
  readonly name: string;
  readonly every: number;
  readonly expression: PreparedExpression;
  readonly writer: LineWriter;
  error: string | undefined;
}

/** Pushes channels to Grafana Live, for Grafanas that fan out by themselves. */
export class GrafanaPush {
  readonly #logger: Logger;
  readonly #feeds: readonly Feed[];
  readonly #targets: readonly GrafanaTarget[];
  #last = 0;

  /** @throws KymoError `bad_channel`, `bad_grafana_url` */
  constructor(options: GrafanaPushOptions) {
    const { reader, tick, clock, logger, channels, targets } = options;
    for (const { stream = 'kymo' } of targets) checkChannels(channels, stream, tick);
    this.#logger = logger;
    const now = (): number => clock.monotonic();
    const limits = { timeout: options.timeout ?? 100, now, maxSamplesRead: 1_000_000 };
    this.#feeds = channels.map(({ name, expr, interval = tick, labels }) => ({
      name,
      every: Math.max(1, interval / tick),
      expression: new PreparedExpression(expr, reader, limits),
      writer: new LineWriter(name, labels),
      error: undefined,
    }));
    const context = { clock, logger, random: options.random ?? Math.random };
    this.#targets = targets.map((target) => new GrafanaTarget(target, context));
  }

  get stats(): readonly GrafanaTargetStats[] {
    return this.#targets.map(({ stats }) => stats);
  }

  /**
   * Queues the samples of a tick; called at its end, when readers see them. Never waits.
   * @param time Unix milliseconds
   * @param seq number of the tick on the grid
   */
  publish(time: number, seq: number): void {
    if (this.#targets.length === 0 || seq <= this.#last) return;
    this.#last = seq;
    const lines = this.#feeds
      .filter(({ every }) => seq % every === 0)
      .flatMap((feed) => this.#lines(feed, time));
    if (lines.length === 0) return;
    for (const target of this.#targets) target.push({ time, lines });
  }

  stop(): void {
    for (const target of this.#targets) target.stop();
  }

  #lines(feed: Feed, time: number): string[] {
    try {
      const lines = feed.writer.lines(samplesOf(feed.expression.evaluate(time).result), time);
      feed.error = undefined;
      return lines;
    } catch (thrown) {
      if (!(thrown instanceof KymoError)) throw thrown;
      if (thrown.message !== feed.error) {
        const fields = { channel: feed.name, error: thrown.message };
        this.#logger.warn('a live channel cannot be evaluated', fields);
      }
      feed.error = thrown.message;
      return [];
    }
  }
}
