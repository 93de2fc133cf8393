import { fieldsOf, listOf } from '../../shared/json.js';

/** An expression that the exporter pushes to Grafana Live. */
export interface Channel {
  readonly expr: string;
  /** Below `stream/`. */
  readonly stream: string;
  readonly name: string;
  /** Milliseconds. */
  readonly interval: number;
}

export interface ChannelsOptions {
  /** What `/api/live/channels` answers. */
  readonly ask: () => Promise<unknown>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Milliseconds that an answer is believed; the exporter's configuration seldom changes. */
const FRESH = 60_000;

/** The channels of an exporter, asked for when they are needed. */
export class Channels {
  readonly #options: ChannelsOptions;
  #known: { readonly channels: Promise<readonly Channel[]>; readonly since: number } | undefined;

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  /**
   * The channel with the values of an expression at an interval (milliseconds), if there is one.
   * @throws where the exporter does not answer
   */
  async find(expr: string, interval: number): Promise<Channel | undefined> {
    const wanted = normal(expr);
    return (await this.#all()).find(
      (channel) => normal(channel.expr) === wanted && interval % channel.interval === 0,
    );
  }

  #all(): Promise<readonly Channel[]> {
    const { ask, now } = this.#options;
    if (this.#known !== undefined && now() - this.#known.since < FRESH) return this.#known.channels;
    const channels = ask().then(channelsOf);
    this.#known = { channels, since: now() };
    channels.catch(() => (this.#known = undefined));
    return channels;
  }
}

const normal = (expr: string): string => expr.replace(/\s+/g, ' ').trim();

/** Of an answer, what can be used: channels without labels of their own, which `query_range` has not. */
function channelsOf(answer: unknown): readonly Channel[] {
  const { channels, grafanas } = fieldsOf(answer);
  const [stream] = listOf(grafanas).flatMap((grafana) => {
    const one = fieldsOf(grafana).stream;
    return typeof one === 'string' ? [one] : [];
  });
  if (stream === undefined) return [];
  return listOf(channels).flatMap((channel): Channel[] => {
    const { name, expr, interval, labels } = fieldsOf(channel);
    const isPlain = Object.keys(fieldsOf(labels)).length === 0;
    if (typeof name !== 'string' || typeof expr !== 'string' || !isPlain) return [];
    return typeof interval === 'number' && interval > 0 ? [{ name, expr, interval, stream }] : [];
  });
}
