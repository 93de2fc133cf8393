import { KymoError } from '../lib/errors.js';
import type { Columns } from './columns.js';
import type { Feed } from './feed.js';
import { gapMessage } from './messages.js';
import { Outgoing } from './outgoing.js';
import type { Topic } from './topic.js';

/** Characters of messages that are sent together. */
const CHUNK = 64 * 1024;
/** Evaluations in a row that may fail before the rest of what was missed is given up. */
const MOST_FAILURES = 3;

export interface ReplayOptions {
  readonly topic: Topic;
  /** Number of the newest tick that is published. */
  readonly last: () => number;
  /** The first frame of a topic that can still be worked out. */
  readonly earliest: (topic: Topic) => number;
  /** Takes a message for a feed. @returns false where the client does not read fast enough */
  readonly send: (feed: Feed, message: Outgoing) => boolean;
  /** Told of a feed that has to wait until its client has read. */
  readonly stall: (feed: Feed) => void;
  /** Told of a feed that has all there is, synchronously with the last of it. */
  readonly join: (feed: Feed) => void;
}

/** A frame, or frames that are not to be had. */
interface Piece {
  readonly from: number;
  to: number;
  /** `undefined` for a gap. */
  readonly frame: string | undefined;
  readonly version: number;
  readonly schema: string;
}

/**
 * Works out again what the feeds of one topic have missed, each frame once for all of them, and then
 * lets them join the live stream: what was evaluated last is the newest frame there is, so nothing
 * comes twice and nothing is left out.
 */
export class Replay {
  readonly topic: Topic;
  readonly feeds = new Set<Feed>();
  readonly #options: ReplayOptions;
  /** By feed: the version of the schema that it was told last. */
  readonly #told = new Map<Feed, number>();
  #columns: Columns | undefined;
  #next = 0;
  #pieces: Piece[] = [];
  #size = 0;
  #failures = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.topic = options.topic;
  }

  leave(feed: Feed): void {
    this.feeds.delete(feed);
    this.#told.delete(feed);
  }

  /**
   * Goes on until `isTime` says that it is enough.
   * @returns whether all is done
   */
  run(isTime: () => boolean): boolean {
    const columns = this.#begin();
    do {
      if (this.feeds.size === 0) return true;
      const last = this.topic.floor(this.#options.last());
      if (this.#next > last) {
        this.#flush();
        this.#finish(columns);
        return true;
      }
      this.#step(columns, last);
      if (this.#size > CHUNK) this.#flush();
    } while (!isTime());
    this.#flush();
    return this.feeds.size === 0;
  }

  #begin(): Columns {
    if (this.#columns !== undefined) return this.#columns;
    const { topic } = this;
    let position = Infinity;
    for (const feed of this.feeds) position = Math.min(position, feed.position);
    this.#next = topic.floor(position) + topic.every;
    this.#columns = topic.columns.fork();
    return this.#columns;
  }

  #step(columns: Columns, last: number): void {
    const { topic } = this;
    const seq = this.#next;
    const earliest = this.#options.earliest(topic);
    if (seq < earliest) {
      this.#gap(seq, Math.min(earliest - topic.every, last));
      return;
    }
    if (this.#failures >= MOST_FAILURES) {
      this.#gap(seq, last);
      return;
    }
    try {
      const frame = topic.frame(seq, columns);
      const { version, schema } = columns;
      this.#pieces.push({ from: seq, to: seq, frame, version, schema });
      this.#size += frame.length;
      this.#next = seq + topic.every;
      this.#failures = 0;
    } catch (thrown) {
      if (!(thrown instanceof KymoError)) throw thrown;
      // The live stream says what is wrong with the expression; here its frames are missing.
      topic.failures++;
      this.#failures++;
      this.#gap(seq, seq);
    }
  }

  #gap(from: number, to: number): void {
    const previous = this.#pieces.at(-1);
    if (previous !== undefined && previous.frame === undefined) previous.to = to;
    else this.#pieces.push({ from, to, frame: undefined, version: 0, schema: '' });
    this.#next = to + this.topic.every;
  }

  #flush(): void {
    if (this.#pieces.length === 0) return;
    const { every } = this.topic;
    const first = this.#pieces[0].from;
    const last = this.#pieces[this.#pieces.length - 1].to;
    const messages = new Map<string, Outgoing | undefined>();
    for (const feed of [...this.feeds]) {
      const start = Math.max(first, this.topic.floor(feed.position) + every);
      const told = this.#told.get(feed) ?? 0;
      const key = `${start} ${told}`;
      if (!messages.has(key)) messages.set(key, this.#message(start, told));
      const message = messages.get(key);
      if (message === undefined) continue;
      const reads = this.#options.send(feed, message);
      feed.position = last;
      this.#told.set(feed, this.#toldUpTo(told));
      if (reads) continue;
      this.leave(feed);
      this.#options.stall(feed);
    }
    this.#pieces = [];
    this.#size = 0;
  }

  #toldUpTo(before: number): number {
    return this.#pieces.findLast(({ frame }) => frame !== undefined)?.version ?? before;
  }

  #message(start: number, told: number): Outgoing | undefined {
    const { name, every } = this.topic;
    const texts: string[] = [];
    let version = told;
    for (const piece of this.#pieces) {
      if (piece.to < start) continue;
      if (piece.frame === undefined) {
        const from = Math.max(piece.from, start);
        const missed = (piece.to - from) / every + 1;
        texts.push(gapMessage(name, { missed, from, to: piece.to }));
        continue;
      }
      if (piece.version !== version) texts.push(piece.schema);
      version = piece.version;
      texts.push(piece.frame);
    }
    return texts.length === 0 ? undefined : Outgoing.joined(texts);
  }

  #finish(columns: Columns): void {
    const { topic } = this;
    if (!topic.isLive) topic.adopt(columns);
    for (const feed of this.feeds) {
      const { version, schema } = topic.columns;
      const mustTell = version > 0 && version !== this.#told.get(feed);
      if (mustTell && !this.#options.send(feed, new Outgoing(schema))) this.#options.stall(feed);
      else this.#options.join(feed);
    }
    this.feeds.clear();
  }
}
