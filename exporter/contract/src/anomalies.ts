/** A stretch of points whose scores are at or above 1. Times are Unix seconds. */
export interface AnomalyAnswer {
  readonly start: number;
  readonly end: number;
  /** Of the point with the greatest score, as all that follows. */
  readonly time: number;
  readonly score: number;
  readonly value: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  readonly confidence: number;
  /** Detectors that found something there, the strongest first; evidence in decades of rarity. */
  readonly votes: readonly {
    readonly detector: string;
    readonly finds: string;
    readonly evidence: number;
  }[];
}

/** A series of the answer of `/api/metrics/anomalies`: columns of one length, `null` for what is unknown. */
export interface ScoredSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Unix seconds. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** 0 is normal, 1 the boundary. */
  readonly scores: readonly (number | null)[];
  readonly confidence: readonly (number | null)[];
  readonly expected: readonly (number | null)[];
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
  /** Points at the start for which too little was seen for a score of 1. */
  readonly warmUp: number;
  readonly anomalies: readonly AnomalyAnswer[];
}

/** `data` of the answer of `/api/metrics/anomalies`. */
export interface AnomaliesAnswer {
  readonly series: readonly ScoredSeries[];
}
