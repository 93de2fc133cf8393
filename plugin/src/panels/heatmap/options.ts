/** What a map is of: its query, colours, and units where fields name none. */
export const PRESETS = [
  { value: 'latency', label: 'Latency', scheme: 'ocean', curve: 'sqrt', unit: 'reqps' },
  { value: 'throughput', label: 'Throughput', scheme: 'ocean', curve: 'linear', unit: 'reqps' },
  { value: 'errors', label: 'Errors', scheme: 'ember', curve: 'sqrt', unit: 'percentunit' },
] as const;
export type Preset = (typeof PRESETS)[number]['value'];

/** Each rises or falls evenly in lightness from the background, so that no colour vision is asked for. */
export const SCHEMES = [
  { value: 'ocean', label: 'Ocean' },
  { value: 'ember', label: 'Ember' },
  { value: 'grey', label: 'Grey' },
] as const;
export type Scheme = (typeof SCHEMES)[number]['value'];

/** How colours follow values: by their root and logarithm, small ones are told apart. */
export const CURVES = [
  { value: 'linear', label: 'Linear' },
  { value: 'sqrt', label: 'Square root' },
  { value: 'log', label: 'Logarithmic' },
] as const;
export type ColorCurve = (typeof CURVES)[number]['value'];

/** Where the rows of a distribution lie. */
export const ROW_SCALES = [
  { value: 'log', label: 'Logarithmic' },
  { value: 'linear', label: 'Linear' },
  { value: 'even', label: 'Even' },
] as const;
export type RowScaleKind = (typeof ROW_SCALES)[number]['value'];

export const QUANTILES = [
  { value: 0.5, label: 'p50' },
  { value: 0.9, label: 'p90' },
  { value: 0.95, label: 'p95' },
  { value: 0.99, label: 'p99' },
] as const;

/** What is set of the whole panel. */
export interface HeatmapOptions {
  /** What is shown first. */
  readonly preset: Preset;
  /** The refId of each preset's query. */
  readonly queries: Readonly<Record<Preset, string>>;
  readonly scheme: Scheme | 'preset';
  readonly curve: ColorCurve | 'preset';
  readonly rowScale: RowScaleKind;
  /** Grafana's id of the unit of bounds of distributions. */
  readonly rowUnit: string;
  /** Shares of a distribution at which lines are drawn, 0 to 1. */
  readonly quantiles: readonly number[];
  /** The newest distribution beside the map. */
  readonly now: boolean;
  readonly legend: boolean;
}

export const DEFAULTS: HeatmapOptions = {
  preset: 'latency',
  queries: { latency: 'A', throughput: 'B', errors: 'C' },
  scheme: 'preset',
  curve: 'preset',
  rowScale: 'log',
  rowUnit: 's',
  quantiles: [0.5, 0.95],
  now: true,
  legend: true,
};
