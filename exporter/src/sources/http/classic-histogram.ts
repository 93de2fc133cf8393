/** Counts observations in fixed buckets. Recording allocates nothing. */
export class ClassicHistogram {
  /** Ascending upper bounds, without +Inf. */
  readonly bounds: readonly number[];
  /** Not cumulative; the last is of what is above all bounds. */
  readonly counts: Float64Array;
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let i = 0;
    // Most observations are in the first buckets, which a search from the middle finds later.
    while (i < bounds.length && value > bounds[i]) i++;
    this.counts[i]++;
    this.sum += value;
    this.count++;
  }
}

/** Seconds: OpenTelemetry's bounds for `http.server.request.duration`, and five below them. */
export const DURATION_BOUNDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1,
  2.5, 5, 7.5, 10,
];

/** Bytes: 64 B to 64 MiB. */
export const SIZE_BOUNDS: readonly number[] = [
  64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
