/** What may be written where the cursor stands. */
export type Place =
  | { readonly kind: 'expression' }
  | { readonly kind: 'label'; readonly metric: string | undefined }
  | { readonly kind: 'value'; readonly metric: string | undefined; readonly label: string }
  | { readonly kind: 'duration' };

export interface Suggestion {
  readonly text: string;
  readonly kind: 'metric' | 'function' | 'label' | 'value' | 'duration';
}

/** Where names come from. */
export interface Names {
  labels(selector?: string): Promise<string[]>;
  labelValues(label: string, selector?: string): Promise<string[]>;
}

/** Of PromQL, the ones that this exporter knows; aggregations first. */
export const FUNCTIONS =
  `sum avg min max count group stddev stdvar topk bottomk quantile count_values rate irate increase
  delta idelta deriv histogram_quantile histogram_count histogram_sum histogram_avg avg_over_time
  min_over_time max_over_time sum_over_time count_over_time quantile_over_time stddev_over_time
  stdvar_over_time last_over_time present_over_time absent_over_time changes resets predict_linear
  label_replace label_join absent abs ceil floor round exp ln log2 log10 sqrt sgn clamp clamp_min
  clamp_max scalar vector sort sort_desc time timestamp hour minute month year day_of_week
  day_of_month day_of_year days_in_month`.split(/\s+/);

const DURATIONS = ['$__rate_interval', '$__interval', '5s', '10s', '30s', '1m', '5m', '15m', '1h'];

/** The place at the end of an unfinished expression. */
export function placeAt(before: string): Place {
  // What is inside of finished strings must not be taken for braces.
  const text = before.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const value = /([a-zA-Z_:][\w:]*)?\s*\{[^{}]*?(\w+)\s*(?:=~|!~|!=|=)\s*"[^"]*$/.exec(text);
  if (value !== null) return { kind: 'value', metric: value[1], label: value[2] };
  const braces = /([a-zA-Z_:][\w:]*)?\s*\{[^{}]*$/.exec(text);
  if (braces !== null) return { kind: 'label', metric: braces[1] };
  if (/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*$/.test(text)) {
    return { kind: 'label', metric: /([a-zA-Z_:][\w:]*)\s*(?:\{|\[)/.exec(text)?.[1] };
  }
  if (/\[[^\]]*$/.test(text)) return { kind: 'duration' };
  return { kind: 'expression' };
}

/** What may be written at a place. */
export async function suggest(place: Place, names: Names): Promise<Suggestion[]> {
  const as = (kind: Suggestion['kind'], texts: readonly string[]): Suggestion[] =>
    texts.map((text) => ({ text, kind }));
  switch (place.kind) {
    case 'label': {
      const labels = await names.labels(place.metric);
      return as(
        'label',
        labels.filter((label) => label !== '__name__'),
      );
    }
    case 'value':
      return as('value', await names.labelValues(place.label, place.metric));
    case 'duration':
      return as('duration', DURATIONS);
    case 'expression':
      return [...as('metric', await names.labelValues('__name__')), ...as('function', FUNCTIONS)];
  }
}
