/** What is set of the whole panel. */
export interface KpiOptions {
  /** Milliseconds ago that a value is compared with; 0 for not at all. */
  readonly compareTo: number;
  readonly curve: boolean;
  /** Figures below the value. */
  readonly figures: readonly Figure[];
}

export const FIGURES = [
  { value: 'peak', label: 'Peak' },
  { value: 'average', label: 'Avg' },
  { value: 'low', label: 'Low' },
] as const;
export type Figure = (typeof FIGURES)[number]['value'];

/** Which values are good, and so which threshold is the bad one. */
export const POLARITIES = [
  { value: 'lower', label: 'Lower is better' },
  { value: 'higher', label: 'Higher is better' },
] as const;
export type Polarity = (typeof POLARITIES)[number]['value'];

/** What is set of a field, beside Grafana's standard options. */
export interface KpiFieldConfig {
  readonly polarity?: Polarity;
}

export const COMPARISONS = [
  { value: 0, label: 'Nothing' },
  { value: 60_000, label: '1 min ago' },
  { value: 300_000, label: '5 min ago' },
  { value: 900_000, label: '15 min ago' },
  { value: 3_600_000, label: '1 h ago' },
] as const;

export const DEFAULTS: KpiOptions = {
  compareTo: 300_000,
  curve: true,
  figures: ['peak', 'average'],
};
