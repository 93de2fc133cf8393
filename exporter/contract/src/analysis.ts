/**
 * `data` of the answers under `/api/metrics/`. Times and spans are in seconds (times since 1970), columns of
 * one series have one length, and `null` stands for what is not known.
 */

/** Labels of a series. */
export type Metric = Readonly<Record<string, string>>;

/** The range that was looked at, and the spacing of its points. */
export interface AnalysedRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** What was not looked at, so that nobody takes a part for the whole. */
export interface Bounded {
  /** Series that were left out because of a limit. */
  readonly omitted: number;
}

export type Granularity = 'minute' | 'hour' | 'day';

/** What a series did from `start` to the start of the next bucket. */
export interface HistoryBucket {
  readonly start: number;
  readonly count: number;
  /** Of a counter: its increase. */
  readonly sum: number | null;
  /** Of a counter: its rate a second, as all that follow. */
  readonly avg: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
}

export interface HistorySeries {
  readonly metric: Metric;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  /** The oldest first; those without any value are left out. */
  readonly buckets: readonly HistoryBucket[];
}

/** Answer of `/api/metrics/history`. */
export interface HistoryAnswer extends Bounded {
  readonly start: number;
  readonly end: number;
  readonly granularity: Granularity;
  /** Where days begin. */
  readonly timeZone: string;
  /** `stored`: the buckets that the exporter keeps; `evaluated`: made now from values of the expression. */
  readonly source: 'stored' | 'evaluated';
  readonly series: readonly HistorySeries[];
}

/** A row of a heatmap: a bucket of a distribution, or a series. */
export interface HeatmapRow {
  /** What to write beside it. */
  readonly label: string;
  /** Bounds of a bucket; `null` for a series, and where a bucket has no bound. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** Of a series. */
  readonly metric: Metric | null;
}

/** Answer of `/api/metrics/heatmap`: columnar. */
export interface HeatmapAnswer extends AnalysedRange, Bounded {
  /** `distribution`: observations a bucket, each with those of its own only; `series`: values. */
  readonly kind: 'distribution' | 'series';
  readonly times: readonly number[];
  /** From the lowest bucket up. */
  readonly rows: readonly HeatmapRow[];
  /** `cells[row][time]`. */
  readonly cells: readonly (readonly (number | null)[])[];
}

export interface DescriptionAnswer {
  /** Points with a value, and without. */
  readonly count: number;
  readonly missing: number;
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  /** Standard deviation as a share of the mean. */
  readonly variation: number | null;
  /** As the standard deviation, but outliers do not move it. */
  readonly robustDeviation: number | null;
  readonly percentiles: Readonly<
    Record<'p1' | 'p5' | 'p25' | 'p50' | 'p75' | 'p90' | 'p95' | 'p99' | 'p999', number | null>
  >;
}

export interface TrendAnswer {
  /** Change a second. */
  readonly slope: number | null;
  /** Value on the trend at the start of the range. */
  readonly intercept: number | null;
  /** Probability of as clear a trend if there is none. */
  readonly p: number;
  readonly direction: 'up' | 'down' | 'none';
}

/** The range beside an earlier one of the same length. */
export interface ComparisonAnswer {
  readonly with: 'period_before' | 'yesterday' | 'last_week';
  /** Of the earlier range. */
  readonly start: number;
  readonly end: number;
  /** Means now and then; `null`, as all that follow, where there is nothing to compare with. */
  readonly now: number | null;
  readonly before: number | null;
  readonly change: number | null;
  /** As a share of the earlier mean: 0.5 is half as much again. */
  readonly ratio: number | null;
  /** Changes of the percentiles. */
  readonly percentiles: Readonly<Record<'p50' | 'p95' | 'p99', number | null>> | null;
  /** Difference of the medians in robust standard deviations of the earlier range. */
  readonly deviations: number | null;
  /** Probability of so different values by chance. */
  readonly p: number | null;
  /** Why there is nothing to compare with. */
  readonly reason: string | null;
}

export interface SeriesStatistics {
  readonly metric: Metric;
  readonly description: DescriptionAnswer;
  readonly shape: {
    readonly skewness: number | null;
    readonly excessKurtosis: number | null;
    /** Tops of the distribution, the highest first. */
    readonly modes: readonly number[];
    /** In a word, such as `long tail of high values`. */
    readonly word: string;
  };
  /** Seasons in seconds. */
  readonly periods: readonly number[];
  readonly trend: TrendAnswer | null;
  /** Where the level changed for good; means before and after. */
  readonly changes: readonly {
    readonly time: number;
    readonly before: number;
    readonly after: number;
  }[];
  readonly comparisons: readonly ComparisonAnswer[];
}

/** Answer of `/api/metrics/statistics`. */
export interface StatisticsAnswer extends AnalysedRange, Bounded {
  readonly series: readonly SeriesStatistics[];
}

/** In how many seconds after the last known value a threshold is reached; `null` where it is not. */
export interface TimeUntilAnswer {
  readonly threshold: number;
  readonly expected: number | null;
  /** By the edges of the interval. */
  readonly earliest: number | null;
  readonly latest: number | null;
}

export interface SeriesForecast {
  readonly metric: Metric;
  /** The last known value, with its time. */
  readonly last: { readonly time: number; readonly value: number };
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** Interval at the level asked for. */
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
  /** Seasons in seconds that were assumed. */
  readonly periods: readonly number[];
  /** What was combined, the heaviest first. */
  readonly methods: readonly {
    readonly name: string;
    /** Share in the combination. */
    readonly weight: number;
    /** Mean absolute error when tried on the past, as a share of that of the moving average. */
    readonly error: number | null;
  }[];
  /** Where a threshold was asked for. */
  readonly until: TimeUntilAnswer | null;
}

/** Answer of `/api/metrics/forecast`. */
export interface ForecastAnswer extends AnalysedRange, Bounded {
  readonly horizon: number;
  readonly level: number;
  /** Series without any value in the range are left out. */
  readonly series: readonly SeriesForecast[];
}

export interface RelatedSeries {
  readonly metric: Metric;
  /** PromQL that shows it. */
  readonly expression: string;
  readonly pearson: number;
  readonly spearman: number;
  /** Seconds by which it comes before the series asked about; negative: after it. */
  readonly lag: number;
  /** Pairs of values that were compared. */
  readonly pairs: number;
  /** Probability of as strong a correlation by chance. */
  readonly p: number;
}

export interface CauseCandidate {
  readonly metric: Metric;
  readonly expression: string;
  /** When its anomaly score rose to the boundary. */
  readonly time: number;
  /** Its highest score from there on. */
  readonly peak: number;
}

/** Answer of `/api/metrics/correlations`. */
export interface CorrelationsAnswer extends AnalysedRange, Bounded {
  /** The series that was asked about. */
  readonly metric: Metric;
  /** Series that were looked at; `omitted` says how many were not. */
  readonly considered: number;
  /** The strongest first. */
  readonly related: readonly RelatedSeries[];
  /** When the score of the series asked about rose; `null` where it did not. */
  readonly risen: number | null;
  /** Candidates for a cause: series whose score rose before that, the first to rise first. */
  readonly causes: readonly CauseCandidate[];
  /** Series that were scored for that. */
  readonly scored: number;
}

/** Something that stands out, in one sentence. */
export interface InsightAnswer {
  /** What it is: `threshold`, `missing`, `stuck`, `level`, `comparison`, `outlier`, `trend`, `related`. */
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly sentence: string;
  /** The number that the sentence is about, in `unit`. */
  readonly value: number;
  readonly unit: string;
  /** What the sentence speaks of. */
  readonly start: number;
  readonly end: number;
  /** PromQL that shows it, evaluated at `end`. */
  readonly expression: string;
  /** Of the series it is about. */
  readonly metric: Metric;
}

/** Answer of `/api/metrics/insights`. */
export interface InsightsAnswer extends AnalysedRange, Bounded {
  /** The gravest first. */
  readonly insights: readonly InsightAnswer[];
}

/** A key figure in short. */
export interface SummarySeries {
  readonly name: string;
  readonly expression: string;
  readonly unit: string;
  readonly metric: Metric;
  readonly last: number | null;
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly p95: number | null;
  readonly trend: 'up' | 'down' | 'none';
  /** Change of the mean against the period before, as a share of it. */
  readonly change: number | null;
}

/** Answer of `/api/metrics/summary`. */
export interface SummaryAnswer extends AnalysedRange, Bounded {
  readonly insights: readonly InsightAnswer[];
  readonly series: readonly SummarySeries[];
}
