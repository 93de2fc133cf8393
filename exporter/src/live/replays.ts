import type { Clock, Timer } from '../lib/clock.js';
import type { Feed } from './feed.js';
import { Replay, type ReplayOptions } from './replay.js';
import type { Topic } from './topic.js';

/** Milliseconds that what was missed may take before ticks and requests have their turn. */
const SLICE = 4;

export interface ReplaysOptions extends Omit<ReplayOptions, 'topic'> {
  readonly clock: Clock;
}

/** Takes turns between the replays of all topics, a slice at a time, so that no tick waits for them. */
export class Replays {
  readonly #options: ReplaysOptions;
  readonly #replays: Replay[] = [];
  /** Those that have not begun, which others may still join. */
  readonly #waiting = new Map<Topic, Replay>();
  readonly #of = new Map<Feed, Replay>();
  #timer: Timer | undefined;

  constructor(options: ReplaysOptions) {
    this.#options = {
      ...options,
      stall: (feed) => {
        this.#of.delete(feed);
        options.stall(feed);
      },
      join: (feed) => {
        this.#of.delete(feed);
        options.join(feed);
      },
    };
  }

  /** Sends a feed what comes after its position, then lets it join. */
  add(feed: Feed, topic: Topic): void {
    this.remove(feed);
    let replay = this.#waiting.get(topic);
    if (replay === undefined) {
      replay = new Replay({ ...this.#options, topic });
      this.#waiting.set(topic, replay);
      this.#replays.push(replay);
    }
    replay.feeds.add(feed);
    this.#of.set(feed, replay);
    this.#schedule();
  }

  remove(feed: Feed): void {
    this.#of.get(feed)?.leave(feed);
    this.#of.delete(feed);
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer);
    this.#timer = undefined;
    this.#replays.length = 0;
    this.#waiting.clear();
    this.#of.clear();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#replays.length === 0) return;
    this.#timer = this.#options.clock.schedule(() => {
      this.#timer = undefined;
      this.#run();
      this.#schedule();
    }, 0);
  }

  #run(): void {
    const { clock } = this.#options;
    const end = clock.monotonic() + SLICE;
    const isTime = (): boolean => clock.monotonic() >= end;
    do {
      const replay = this.#replays.shift();
      if (replay === undefined) return;
      if (this.#waiting.get(replay.topic) === replay) this.#waiting.delete(replay.topic);
      if (!replay.run(isTime)) this.#replays.push(replay);
    } while (!isTime());
  }
}
