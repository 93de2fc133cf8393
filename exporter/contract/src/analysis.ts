import { z } from 'zod';

/**
 * `data` of the answers under `/api/metrics/`. Times and spans are in seconds (times since 1970), columns of
 * one series have one length, and `null` stands for what is not known.
 */

const known = z.number().nullable();
const column = z.array(known);

/** Labels of a series. */
export const Metric = z.record(z.string(), z.string());
export type Metric = z.infer<typeof Metric>;

/** The range that was looked at, and the spacing of its points. */
const range = { start: z.number(), end: z.number(), step: z.number() };

/** Series that were left out because of a limit, so that nobody takes a part for the whole. */
const bounded = { omitted: z.number() };

export const Granularity = z.enum(['minute', 'hour', 'day']);
export type Granularity = z.infer<typeof Granularity>;

/** What a series did from `start` to the start of the next bucket. */
const HistoryBucket = z.object({
  start: z.number(),
  count: z.number(),
  /** Of a counter: its increase. */
  sum: known,
  /** Of a counter: its rate a second, as all that follow. */
  avg: known,
  min: known,
  max: known,
  p50: known,
  p90: known,
  p95: known,
  p99: known,
  p999: known,
});
export type HistoryBucket = z.infer<typeof HistoryBucket>;

const HistorySeries = z.object({
  metric: Metric,
  kind: z.enum(['gauge', 'counter', 'histogram']),
  /** The oldest first; those without any value are left out. */
  buckets: z.array(HistoryBucket),
});
export type HistorySeries = z.infer<typeof HistorySeries>;

/** Answer of `/api/metrics/history`. */
export const HistoryAnswer = z.object({
  start: z.number(),
  end: z.number(),
  ...bounded,
  granularity: Granularity,
  /** Where days begin. */
  timeZone: z.string(),
  /** `stored`: the buckets that the exporter keeps; `evaluated`: made now from values of the expression. */
  source: z.enum(['stored', 'evaluated']),
  series: z.array(HistorySeries),
});
export type HistoryAnswer = z.infer<typeof HistoryAnswer>;

/** A row of a heatmap: a bucket of a distribution, or a series. */
const HeatmapRow = z.object({
  /** What to write beside it. */
  label: z.string(),
  /** Bounds of a bucket; `null` for a series, and where a bucket has no bound. */
  lower: known,
  upper: known,
  /** Of a series. */
  metric: Metric.nullable(),
});
export type HeatmapRow = z.infer<typeof HeatmapRow>;

/** Answer of `/api/metrics/heatmap`: columnar. */
export const HeatmapAnswer = z.object({
  ...range,
  ...bounded,
  /** `distribution`: observations a bucket, each with those of its own only; `series`: values. */
  kind: z.enum(['distribution', 'series']),
  times: z.array(z.number()),
  /** From the lowest bucket up. */
  rows: z.array(HeatmapRow),
  /** `cells[row][time]`. */
  cells: z.array(column),
});
export type HeatmapAnswer = z.infer<typeof HeatmapAnswer>;

const DescriptionAnswer = z.object({
  /** Points with a value, and without. */
  count: z.number(),
  missing: z.number(),
  sum: known,
  min: known,
  max: known,
  mean: known,
  standardDeviation: known,
  /** Standard deviation as a share of the mean. */
  variation: known,
  /** As the standard deviation, but outliers do not move it. */
  robustDeviation: known,
  percentiles: z.object({
    p1: known,
    p5: known,
    p25: known,
    p50: known,
    p75: known,
    p90: known,
    p95: known,
    p99: known,
    p999: known,
  }),
});
export type DescriptionAnswer = z.infer<typeof DescriptionAnswer>;

const TrendAnswer = z.object({
  /** Change a second. */
  slope: known,
  /** Value on the trend at the start of the range. */
  intercept: known,
  /** Probability of as clear a trend if there is none. */
  p: z.number(),
  direction: z.enum(['up', 'down', 'none']),
});
export type TrendAnswer = z.infer<typeof TrendAnswer>;

/** The range beside an earlier one of the same length. */
const ComparisonAnswer = z.object({
  with: z.enum(['period_before', 'yesterday', 'last_week']),
  /** Of the earlier range. */
  start: z.number(),
  end: z.number(),
  /** Means now and then; `null`, as all that follow, where there is nothing to compare with. */
  now: known,
  before: known,
  change: known,
  /** As a share of the earlier mean: 0.5 is half as much again. */
  ratio: known,
  /** Changes of the percentiles. */
  percentiles: z.object({ p50: known, p95: known, p99: known }).nullable(),
  /** Difference of the medians in robust standard deviations of the earlier range. */
  deviations: known,
  /** Probability of so different values by chance. */
  p: known,
  /** Why there is nothing to compare with. */
  reason: z.string().nullable(),
});
export type ComparisonAnswer = z.infer<typeof ComparisonAnswer>;

const SeriesStatistics = z.object({
  metric: Metric,
  description: DescriptionAnswer,
  shape: z.object({
    skewness: known,
    excessKurtosis: known,
    /** Tops of the distribution, the highest first. */
    modes: z.array(z.number()),
    /** In a word, such as `long tail of high values`. */
    word: z.string(),
  }),
  /** Seasons in seconds. */
  periods: z.array(z.number()),
  trend: TrendAnswer.nullable(),
  /** Where the level changed for good; means before and after. */
  changes: z.array(z.object({ time: z.number(), before: z.number(), after: z.number() })),
  comparisons: z.array(ComparisonAnswer),
});
export type SeriesStatistics = z.infer<typeof SeriesStatistics>;

/** Answer of `/api/metrics/statistics`. */
export const StatisticsAnswer = z.object({
  ...range,
  ...bounded,
  series: z.array(SeriesStatistics),
});
export type StatisticsAnswer = z.infer<typeof StatisticsAnswer>;

/** In how many seconds after the last known value a threshold is reached; `null` where it is not. */
const TimeUntilAnswer = z.object({
  threshold: z.number(),
  expected: known,
  /** By the edges of the interval. */
  earliest: known,
  latest: known,
});
export type TimeUntilAnswer = z.infer<typeof TimeUntilAnswer>;

const SeriesForecast = z.object({
  metric: Metric,
  /** The last known value, with its time. */
  last: z.object({ time: z.number(), value: z.number() }),
  times: z.array(z.number()),
  values: z.array(z.number()),
  /** Interval at the level asked for. */
  lower: column,
  upper: column,
  /** Seasons in seconds that were assumed. */
  periods: z.array(z.number()),
  /** What was combined, the heaviest first. */
  methods: z.array(
    z.object({
      name: z.string(),
      /** Share in the combination. */
      weight: z.number(),
      /** Mean absolute error when tried on the past, as a share of that of the moving average. */
      error: known,
    }),
  ),
  /** Where a threshold was asked for. */
  until: TimeUntilAnswer.nullable(),
});
export type SeriesForecast = z.infer<typeof SeriesForecast>;

/** Answer of `/api/metrics/forecast`. Series without any value in the range are left out. */
export const ForecastAnswer = z.object({
  ...range,
  ...bounded,
  horizon: z.number(),
  level: z.number(),
  series: z.array(SeriesForecast),
});
export type ForecastAnswer = z.infer<typeof ForecastAnswer>;

/** A series, and PromQL that shows it. */
const ShownSeries = z.object({ metric: Metric, expression: z.string() });

const RelatedSeries = ShownSeries.extend({
  pearson: z.number(),
  spearman: z.number(),
  /** Seconds by which it comes before the series asked about; negative: after it. */
  lag: z.number(),
  /** Pairs of values that were compared. */
  pairs: z.number(),
  /** Probability of as strong a correlation by chance. */
  p: z.number(),
  /** Series with the same labels that move as one with it; older exporters do not tell them. */
  alike: z.array(ShownSeries).optional(),
});
export type RelatedSeries = z.infer<typeof RelatedSeries>;

const CauseCandidate = z.object({
  metric: Metric,
  expression: z.string(),
  /** When its anomaly score rose to the boundary. */
  time: z.number(),
  /** Its highest score from there on. */
  peak: z.number(),
});
export type CauseCandidate = z.infer<typeof CauseCandidate>;

/** Answer of `/api/metrics/correlations`. */
export const CorrelationsAnswer = z.object({
  ...range,
  ...bounded,
  /** The series that was asked about. */
  metric: Metric,
  /** Series that were looked at; `omitted` says how many were not. */
  considered: z.number(),
  /** The strongest first. */
  related: z.array(RelatedSeries),
  /** When the score of the series asked about rose; `null` where it did not. */
  risen: known,
  /** Candidates for a cause: series whose score rose before that, the first to rise first. */
  causes: z.array(CauseCandidate),
  /** Series that were scored for that. */
  scored: z.number(),
});
export type CorrelationsAnswer = z.infer<typeof CorrelationsAnswer>;

/** A piece of a sentence: text, what the exporter calls a series, or a time. */
const SentencePart = z.union([
  z.string(),
  z.object({ series: z.string() }),
  z.object({ time: z.number() }),
]);

/** Something that stands out, in one sentence. */
const InsightAnswer = z.object({
  /** What it is: `threshold`, `missing`, `stuck`, `level`, `comparison`, `outlier`, `trend`, `related`. */
  kind: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  /** Times in it are in UTC. */
  sentence: z.string(),
  /** The same in pieces, for names and times of one's own; older exporters do not tell them. */
  parts: z.array(SentencePart).optional(),
  /** The number that the sentence is about, in `unit`. */
  value: z.number(),
  unit: z.string(),
  /** What the sentence speaks of. */
  start: z.number(),
  end: z.number(),
  /** PromQL that shows it, evaluated at `end`. */
  expression: z.string(),
  /** Of the series it is about. */
  metric: Metric,
});
export type InsightAnswer = z.infer<typeof InsightAnswer>;

/** Answer of `/api/metrics/insights`, the gravest first. */
export const InsightsAnswer = z.object({
  ...range,
  ...bounded,
  insights: z.array(InsightAnswer),
});
export type InsightsAnswer = z.infer<typeof InsightsAnswer>;

/** A key figure in short. */
const SummarySeries = z.object({
  name: z.string(),
  expression: z.string(),
  unit: z.string(),
  metric: Metric,
  last: known,
  min: known,
  mean: known,
  max: known,
  p95: known,
  trend: z.enum(['up', 'down', 'none']),
  /** Change of the mean against the period before, as a share of it. */
  change: known,
});
export type SummarySeries = z.infer<typeof SummarySeries>;

/** Answer of `/api/metrics/summary`. */
export const SummaryAnswer = z.object({
  ...range,
  ...bounded,
  insights: z.array(InsightAnswer),
  series: z.array(SummarySeries),
});
export type SummaryAnswer = z.infer<typeof SummaryAnswer>;
