/** The metric types of OpenMetrics 1.0; `unknown` is `untyped` in text format 0.0.4. */
export type MetricType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'unknown';

/** What `# HELP`, `# TYPE` and `# UNIT` say of a metric family. */
export interface FamilyMetadata {
  /**
   * As in text format 0.0.4: a counter's name with its `_total` if it has one, a histogram's without
   * `_bucket`.
   */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** Base unit, for example `seconds`; `''` or absent where there is none. */
  readonly unit?: string;
}
