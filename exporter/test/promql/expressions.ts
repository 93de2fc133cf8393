import fc from 'fast-check';

/** Metrics and labels that {@link randomSeries} makes and {@link vectorText} asks for. */
const METRICS = ['requests_total', 'temperature', 'up'];
const LABELS = { job: ['api', 'web', ''], instance: ['a', 'b', 'c'] };

const metric = fc.constantFrom(...METRICS, METRICS[0]);
const labelName = fc.constantFrom(...Object.keys(LABELS));
const labelValue = fc.constantFrom('api', 'web', 'a', 'b', 'c', '', '.*', 'a|b', '.+');
const operator = fc.constantFrom('=', '!=', '=~', '!~');
const duration = fc.constantFrom('7s', '30s', '1m', '95s', '95s', '5m', '5m');
const number = fc.constantFrom(
  '0',
  '1',
  '-1',
  '2.5',
  '1e3',
  '0.5',
  'NaN',
  'Inf',
  '-Inf',
  '3',
  '5m',
);
const grouping = fc.uniqueArray(labelName, { maxLength: 2 }).map((names) => names.join(', '));

const matcher = fc.tuple(labelName, operator, labelValue).map(([n, o, v]) => `${n}${o}"${v}"`);
const rarely = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: text });
const modifiers = fc
  .tuple(
    rarely(fc.constantFrom(' @ 1000', ' @ 1090.5')),
    rarely(fc.tuple(fc.constantFrom('', '-'), duration).map(([sign, d]) => ` offset ${sign}${d}`)),
  )
  .map((parts) => parts.join(''));
const series = fc
  .tuple(
    metric,
    fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(matcher, { minLength: 1, maxLength: 2 }) },
    ),
  )
  .map(([name, matchers]) => (matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`));
const selector = fc.tuple(series, modifiers).map(([name, modifier]) => name + modifier);

const OF_VECTOR = [
  'abs',
  'ceil',
  'floor',
  'exp',
  'sgn',
  'sqrt',
  'hour',
  'timestamp',
  'absent',
  'deg',
];
const OF_RANGE = [
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'sum_over_time',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'count_over_time',
  'last_over_time',
  'first_over_time',
  'present_over_time',
  'absent_over_time',
  'stddev_over_time',
  'changes',
  'resets',
  'deriv',
];
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'];
const ARITHMETIC = ['+', '-', '*', '/', '%', '^', 'atan2'];
const COMPARISONS = ['==', '!=', '>', '<', '>=', '<='];
const SETS = ['and', 'or', 'unless'];

const texts = fc.letrec<Record<'scalar' | 'range' | 'vector', string>>((tie) => {
  const scalar: fc.Arbitrary<string> = tie('scalar');
  const range: fc.Arbitrary<string> = tie('range');
  const vector: fc.Arbitrary<string> = tie('vector');
  return {
    scalar: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      number,
      fc.constant('time()'),
      fc.constant('pi()'),
      vector.map((vector) => `scalar(${vector})`),
      fc
        .tuple(scalar, fc.constantFrom(...ARITHMETIC), scalar)
        .map(([left, op, right]) => `(${left} ${op} ${right})`),
    ),
    range: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.tuple(series, duration, modifiers).map(([name, range, at]) => `${name}[${range}]${at}`),
      fc
        .tuple(vector, duration, fc.constantFrom('', '7s', '1m'), modifiers)
        .map(([vector, range, step, at]) => `(${vector})[${range}:${step}]${at}`),
    ),
    vector: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      selector,
      scalar.map((scalar) => `vector(${scalar})`),
      fc.tuple(fc.constantFrom(...OF_VECTOR), vector).map(([f, v]) => `${f}(${v})`),
      ...Array.from({ length: 4 }, () =>
        fc.tuple(fc.constantFrom(...OF_RANGE), range).map(([f, r]) => `${f}(${r})`),
      ),
      fc.tuple(scalar, range).map(([q, r]) => `quantile_over_time(${q}, ${r})`),
      fc.tuple(range, scalar).map(([r, s]) => `predict_linear(${r}, ${s})`),
      fc.tuple(vector, scalar).map(([v, s]) => `clamp_max(${v}, ${s})`),
      vector.map((v) => `label_replace(${v}, "x", "$1-y", "instance", "(.*)")`),
      vector.map((v) => `-${v}`),
      vector.map((v) => `(${v})`),
      fc
        .tuple(fc.constantFrom(...AGGREGATIONS), fc.constantFrom('by', 'without'), grouping, vector)
        .map(([f, by, labels, v]) => `${f} ${by} (${labels}) (${v})`),
      fc
        .tuple(fc.constantFrom('topk', 'bottomk', 'limitk'), fc.integer({ min: 0, max: 3 }), vector)
        .map(([f, k, v]) => `${f}(${k}, ${v})`),
      fc.tuple(scalar, grouping, vector).map(([q, by, v]) => `quantile by (${by}) (${q}, ${v})`),
      vector.map((v) => `count_values("value", ${v})`),
      fc
        .tuple(vector, fc.constantFrom(...ARITHMETIC, ...COMPARISONS), scalar, fc.boolean())
        .map(([v, op, s, swap]) => (swap ? `(${s} ${op} ${v})` : `(${v} ${op} ${s})`)),
      fc
        .tuple(
          vector,
          fc.constantFrom(...ARITHMETIC, ...COMPARISONS, ...COMPARISONS.map((op) => `${op} bool`)),
          fc.constantFrom(
            '',
            'on (instance)',
            'ignoring (job)',
            'on (job, instance) group_left ()',
          ),
          vector,
        )
        .map(([left, op, matching, right]) => `(${left} ${op} ${matching} ${right})`),
      fc
        .tuple(
          vector,
          fc.constantFrom(...SETS),
          fc.constantFrom('', 'on (instance)', 'ignoring (instance)'),
          vector,
        )
        .map(([left, op, matching, right]) => `(${left} ${op} ${matching} ${right})`),
    ),
  };
});

/** Valid expressions that answer an instant vector. */
export const vectorText: fc.Arbitrary<string> = texts.vector;

/** Valid expressions that answer a number. */
export const scalarText: fc.Arbitrary<string> = texts.scalar;

export interface RandomSeries {
  readonly labels: Record<string, string>;
  /** Unix milliseconds and value; `undefined` is a stale marker. */
  readonly samples: readonly (readonly [time: number, value: number | undefined])[];
}

const sampleValue = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -3, max: 40 }) },
  { weight: 2, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, undefined) },
);

/** Series from Unix time 900 s to about 1,200 s, some 11 s apart and with gaps. */
export const randomSeries: fc.Arbitrary<RandomSeries[]> = fc
  .uniqueArray(
    fc.record({
      name: metric,
      job: fc.constantFrom(...LABELS.job),
      instance: fc.constantFrom(...LABELS.instance),
      values: fc.array(fc.option(sampleValue, { nil: null, freq: 8 }), {
        minLength: 8,
        size: 'max',
        maxLength: 28,
      }),
      first: fc.integer({ min: 0, max: 40 }),
    }),
    {
      minLength: 3,
      maxLength: 9,
      size: 'max',
      selector: ({ name, job, instance }) => `${name} ${job} ${instance}`,
    },
  )
  .map((drafts) =>
    drafts.map(({ name, job, instance, values, first }) => ({
      labels: { __name__: name, job, instance },
      samples: values.flatMap((value, i): (readonly [number, number | undefined])[] =>
        value === null ? [] : [[900_000 + (first + i * 11) * 1000, value]],
      ),
    })),
  );
