import type { LivePosition } from '@kymo/contract';
import { tickOfEpoch } from './epoch.js';
import type { Topic } from './topic.js';

export interface PositionsOptions {
  /** Milliseconds. */
  readonly tick: number;
  /** The time (Unix ms) after which no sample has been dropped; 0 while none has. */
  readonly whole: () => number;
  /** The time (Unix ms) of the first tick there are samples of; that of the first here by default. */
  readonly since: number | undefined;
}

/** Where on the grid things are, all as numbers of ticks. */
export class Positions {
  readonly #options: PositionsOptions;
  #first: number | undefined;
  #last = 0;

  constructor(options: PositionsOptions) {
    this.#options = options;
    if (options.since !== undefined) this.#first = Math.ceil(options.since / options.tick);
  }

  /** The newest tick; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  advance(seq: number): void {
    this.#last = seq;
    this.#first ??= seq;
  }

  /** The position that a client gives: the last frame it has. */
  of(from: LivePosition | undefined): number | undefined {
    if (from === undefined) return undefined;
    const { tick } = this.#options;
    if (typeof from === 'number') return Math.floor(from / tick);
    // Another run may have had another tick, and so another grid.
    const own = tickOfEpoch(from.epoch) ?? tick;
    return own === tick ? from.seq : Math.floor((from.seq * own) / tick);
  }

  /** The position after which the newest frame is the first, where there is one. */
  beforeNewest(topic: Topic): number {
    const last = topic.floor(this.#last);
    return last < this.earliest(topic) ? last : last - topic.every;
  }

  /** The first frame of a topic that can still be worked out. */
  earliest(topic: Topic): number {
    const { tick, whole } = this.#options;
    const cut = whole();
    const oldest = cut === 0 ? 0 : Math.ceil((cut + topic.reach) / tick);
    const earliest = Math.max(this.#first ?? this.#last, oldest);
    // Infinity where the expression does not say how far back it reads: then nothing can be had.
    const bounded = Math.min(earliest, this.#last + topic.every);
    return topic.floor(bounded + topic.every - 1);
  }
}
