import type { SampleBuffer } from '../samples.js';
import type { ByteWriter } from './bytes.js';
import type { SeriesRef } from './catalog.js';
import { copySamples, encodeSamples, type RawSample } from './raw-codec.js';
import type { Tier } from './tier.js';

/** Brings samples of the head into their tier, without making an object of each. */
export class RawIntake {
  readonly #tier: Tier<RawSample>;
  readonly #range = { from: 0, to: 0 };
  #buffer: SampleBuffer | undefined;
  #way: 'hold' | 'log' = 'log';
  readonly #run: { time: number; count: number; readonly write: (into: ByteWriter) => void };

  constructor(tier: Tier<RawSample>) {
    this.#tier = tier;
    this.#run = {
      time: 0,
      count: 0,
      write: (into: ByteWriter) => {
        if (this.#buffer === undefined) return;
        // What is held stays for long; a log is read once at most, and lives until there is a block.
        if (this.#way === 'hold') encodeSamples(this.#buffer, this.#range, into);
        else copySamples(this.#buffer, this.#range, into);
      },
    };
  }

  /** Adds samples `from` and after of a buffer; see {@link Tier.put}. */
  put(
    ref: SeriesRef,
    way: 'hold' | 'log',
    { buffer, from }: { buffer: SampleBuffer; from: number },
  ): void {
    const { times, length } = buffer;
    const { partition } = this.#tier;
    this.#buffer = buffer;
    this.#way = way;
    let first = from;
    while (first < length) {
      const end = (Math.floor(times[first] / partition) + 1) * partition;
      let last = first + 1;
      while (last < length && times[last] < end) last++;
      this.#range.from = first;
      this.#range.to = last;
      this.#run.time = times[first];
      this.#run.count = last - first;
      this.#tier.put(ref, way, this.#run);
      first = last;
    }
  }
}
