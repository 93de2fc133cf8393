/** A series whose anomaly score rose, and when. */
export interface Risen {
  /** Of the series among those given. */
  readonly index: number;
  /** First point at which the score reached the boundary. */
  readonly at: number;
  /** The highest score from there on. */
  readonly peak: number;
}

/** 1 is the boundary of an anomaly. */
const BOUNDARY = 1;

/**
 * Candidates for a cause: series in the order in which their anomaly scores rose to the boundary, the higher
 * peak first where they rose together. Those that were above it from the first point did not rise.
 * @param scores One array a series, over the same times; NaN where there is none.
 * @param until Points that count; those after it are effects rather than causes. All by default.
 */
export function firstRisen(scores: readonly Float64Array[], until = Infinity): readonly Risen[] {
  return scores
    .map((of, index) => {
      const seen = of.subarray(0, Math.max(0, Math.min(of.length, until)));
      const at = seen.findIndex((score) => score >= BOUNDARY);
      const peak = seen.subarray(Math.max(0, at)).reduce((most, s) => (s > most ? s : most), 0);
      return { index, at, peak };
    })
    .filter(({ at }) => at > 0)
    .sort((a, b) => a.at - b.at || b.peak - a.peak || a.index - b.index);
}
