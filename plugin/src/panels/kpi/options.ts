/** What is set of the whole panel. */
export interface KpiOptions {
  /** Milliseconds that are compared with as many before; 0 for not at all, or {@link AUTOMATIC}. */
  readonly compareTo: number;
  readonly curve: boolean;
  /** Figures below the value, after the sub-metrics that come from queries. */
  readonly figures: readonly Figure[];
}

export const FIGURES = [
  { value: 'peak', label: 'Peak' },
  { value: 'average', label: 'Avg' },
  { value: 'low', label: 'Low' },
  // The share of what is shown that keeps the target, or else is in the best of the thresholds.
  { value: 'healthy', label: 'Healthy' },
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
  /** That the value is to keep, in its unit: at most this where lower is better, otherwise at least. */
  readonly target?: number;
  /** The watch that tells what is expected of the value, by its label `watch`. */
  readonly watch?: string;
  /** The card that the value is a sub-metric of, by its title; a card of its own where there is none. */
  readonly of?: string;
}

/** The second half of what is shown is compared with the first. */
export const AUTOMATIC = -1;

export const COMPARISONS = [
  { value: AUTOMATIC, label: 'Automatic', description: 'Halves of what is shown' },
  { value: 0, label: 'Off' },
  { value: 30_000, label: '30 s' },
  { value: 60_000, label: '1 min' },
  { value: 300_000, label: '5 min' },
  { value: 900_000, label: '15 min' },
  { value: 3_600_000, label: '1 h' },
  { value: 86_400_000, label: '1 day' },
] as const;

export const DEFAULTS: KpiOptions = {
  compareTo: AUTOMATIC,
  curve: true,
  figures: ['peak', 'average'],
};
