import type { ValueType } from '../ast.js';
import type { FunctionSignature } from './signature.js';

type Declared = readonly [args: readonly ValueType[], returns: ValueType, optional?: number];

const v: readonly ValueType[] = ['vector'];
const m: readonly ValueType[] = ['matrix'];
const vs: readonly ValueType[] = ['vector', 'scalar'];

/**
 * Every function of Prometheus 3 (promql/parser/functions.go), those that Prometheus calls
 * experimental among them, and `holt_winters`, the name that `double_exponential_smoothing` had in
 * Prometheus 2. `start_timestamp` is missing: samples have no start time here.
 */
const DECLARED = {
  abs: [v, 'vector'],
  absent: [v, 'vector'],
  absent_over_time: [m, 'vector'],
  acos: [v, 'vector'],
  acosh: [v, 'vector'],
  asin: [v, 'vector'],
  asinh: [v, 'vector'],
  atan: [v, 'vector'],
  atanh: [v, 'vector'],
  avg_over_time: [m, 'vector'],
  ceil: [v, 'vector'],
  changes: [m, 'vector'],
  clamp: [['vector', 'scalar', 'scalar'], 'vector'],
  clamp_max: [vs, 'vector'],
  clamp_min: [vs, 'vector'],
  cos: [v, 'vector'],
  cosh: [v, 'vector'],
  count_over_time: [m, 'vector'],
  day_of_month: [v, 'vector', 1],
  day_of_week: [v, 'vector', 1],
  day_of_year: [v, 'vector', 1],
  days_in_month: [v, 'vector', 1],
  deg: [v, 'vector'],
  delta: [m, 'vector'],
  deriv: [m, 'vector'],
  double_exponential_smoothing: [['matrix', 'scalar', 'scalar'], 'vector'],
  end: [[], 'scalar'],
  exp: [v, 'vector'],
  first_over_time: [m, 'vector'],
  floor: [v, 'vector'],
  histogram_avg: [v, 'vector'],
  histogram_count: [v, 'vector'],
  histogram_fraction: [['scalar', 'scalar', 'vector'], 'vector'],
  histogram_quantile: [['scalar', 'vector'], 'vector'],
  histogram_quantiles: [['vector', 'string', 'scalar', 'scalar'], 'vector', 9],
  histogram_stddev: [v, 'vector'],
  histogram_stdvar: [v, 'vector'],
  histogram_sum: [v, 'vector'],
  holt_winters: [['matrix', 'scalar', 'scalar'], 'vector'],
  hour: [v, 'vector', 1],
  idelta: [m, 'vector'],
  increase: [m, 'vector'],
  info: [['vector', 'vector'], 'vector', 1],
  irate: [m, 'vector'],
  label_join: [['vector', 'string', 'string', 'string'], 'vector', -1],
  label_replace: [['vector', 'string', 'string', 'string', 'string'], 'vector'],
  last_over_time: [m, 'vector'],
  ln: [v, 'vector'],
  log10: [v, 'vector'],
  log2: [v, 'vector'],
  mad_over_time: [m, 'vector'],
  max_of: [['scalar', 'scalar'], 'scalar'],
  max_over_time: [m, 'vector'],
  min_of: [['scalar', 'scalar'], 'scalar'],
  min_over_time: [m, 'vector'],
  minute: [v, 'vector', 1],
  month: [v, 'vector', 1],
  pi: [[], 'scalar'],
  predict_linear: [['matrix', 'scalar'], 'vector'],
  present_over_time: [m, 'vector'],
  quantile_over_time: [['scalar', 'matrix'], 'vector'],
  rad: [v, 'vector'],
  range: [[], 'scalar'],
  rate: [m, 'vector'],
  resets: [m, 'vector'],
  round: [vs, 'vector', 1],
  scalar: [v, 'scalar'],
  sgn: [v, 'vector'],
  sin: [v, 'vector'],
  sinh: [v, 'vector'],
  sort: [v, 'vector'],
  sort_by_label: [['vector', 'string'], 'vector', -1],
  sort_by_label_desc: [['vector', 'string'], 'vector', -1],
  sort_desc: [v, 'vector'],
  sqrt: [v, 'vector'],
  start: [[], 'scalar'],
  stddev_over_time: [m, 'vector'],
  stdvar_over_time: [m, 'vector'],
  step: [[], 'scalar'],
  sum_over_time: [m, 'vector'],
  tan: [v, 'vector'],
  tanh: [v, 'vector'],
  time: [[], 'scalar'],
  timestamp: [v, 'vector'],
  ts_of_first_over_time: [m, 'vector'],
  ts_of_last_over_time: [m, 'vector'],
  ts_of_max_over_time: [m, 'vector'],
  ts_of_min_over_time: [m, 'vector'],
  vector: [['scalar'], 'vector'],
  year: [v, 'vector', 1],
} satisfies Record<string, Declared>;

export type FunctionName = keyof typeof DECLARED;

/** By name; names are case-sensitive. */
export const FUNCTION_SIGNATURES: ReadonlyMap<string, FunctionSignature> = new Map(
  Object.entries<Declared>(DECLARED).map(([name, [args, returns, optional = 0]]) => [
    name,
    { name, args, returns, optional },
  ]),
);
