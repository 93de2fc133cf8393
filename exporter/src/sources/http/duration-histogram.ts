import { ExponentialRecorder } from '../../series/exponential-recorder.js';
import type { ExponentialHistogram } from '../../series/histogram.js';
import { ClassicHistogram, DURATION_BOUNDS } from './classic-histogram.js';

/** Durations in seconds, in classic buckets for text formats and in exponential ones for the rest. */
export class DurationHistogram {
  readonly classic = new ClassicHistogram(DURATION_BOUNDS);
  readonly #exponential = new ExponentialRecorder();
  #taken: ExponentialHistogram | undefined;

  observe(seconds: number): void {
    this.classic.observe(seconds);
    this.#exponential.observe(seconds);
  }

  /** The exponential histogram so far; the same object as before while nothing was observed. */
  exponential(): ExponentialHistogram {
    if (this.#taken === undefined || this.#taken.count !== this.classic.count) {
      this.#taken = this.#exponential.toHistogram();
    }
    return this.#taken;
  }
}
