import { METRIC_NAME, type LabelSet } from '../../series/labels.js';
import type { Expression } from '../ast.js';
import { ExecutionError } from '../errors.js';
import { bucketFraction, bucketQuantile, type ClassicBuckets } from '../histogram/classic.js';
import { histogramFraction, histogramQuantile } from '../histogram/quantile.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import { dropName, withLabel, withoutLabels } from '../label-operations.js';
import { isLabelName, parseNumber, quote } from '../literals.js';
import type { ScalarNode, VectorNode } from '../nodes.js';
import { formatGeneral } from '../number-format.js';
import { Block, FLOAT, HISTOGRAM, Kept, Row, SeriesList } from '../rows.js';
import type { Grid, Run } from '../run.js';

const BUCKET_LABEL = 'le';
const WITHOUT_LE = new Set([BUCKET_LABEL]);

/** Upper bound of a bucket series; `undefined` where `le` is missing or no number. */
function boundOf(labels: LabelSet): number | undefined {
  const le = labels.get(BUCKET_LABEL);
  if (le === '') return undefined;
  try {
    return parseNumber(le);
  } catch {
    return undefined;
  }
}

/** The series of one histogram: native ones as they are, classic ones a series a bucket. */
interface HistogramGroup {
  readonly labels: LabelSet;
  readonly metric: string;
  /** Input series without `le`, which may have native histograms. */
  readonly natives: readonly number[];
  /** Input series with a bound, in ascending order of it. */
  readonly buckets: readonly { readonly index: number; readonly bound: number }[];
}

interface HistogramPlan {
  readonly groups: readonly HistogramGroup[];
  /** Group of each input series by its labels without `le`, and by all its labels. */
  readonly badLabels: ReadonlySet<number>;
}

function planHistograms(series: SeriesList): HistogramPlan {
  const groups = new Map<
    string,
    { labels: LabelSet; natives: number[]; buckets: { index: number; bound: number }[] }
  >();
  const groupOf = (
    labels: LabelSet,
  ): { natives: number[]; buckets: { index: number; bound: number }[] } => {
    let group = groups.get(labels.key);
    if (group === undefined) {
      group = { labels, natives: [], buckets: [] };
      groups.set(labels.key, group);
    }
    return group;
  };
  const badLabels = new Set<number>();
  series.labels.forEach((labels, index) => {
    groupOf(labels).natives.push(index);
    const bound = boundOf(labels);
    if (bound === undefined) badLabels.add(index);
    else groupOf(withoutLabels(labels, WITHOUT_LE)).buckets.push({ index, bound });
  });
  return {
    groups: [...groups.values()].map(({ labels, natives, buckets }) => ({
      labels,
      metric: labels.get(METRIC_NAME),
      natives,
      buckets: buckets.sort((a, b) => a.bound - b.bound),
    })),
    badLabels,
  };
}

/** Computes one number from the histogram of each group at each step. */
interface HistogramStatistic {
  /** Further labels of the result, such as the quantile; `undefined` for none. */
  readonly labels: (labels: LabelSet) => LabelSet;
  native(histogram: FloatHistogram, at: { step: number; metric: string }): number;
  classic(buckets: ClassicBuckets, at: { step: number; time: number; metric: string }): number;
}

interface HistogramStatisticsOptions {
  readonly input: VectorNode;
  /** The expression of the histograms, for messages. */
  readonly expression: Expression;
  /** Evaluates the parameters and says what to compute; one output a group and statistic. */
  readonly statistics: (grid: Grid, run: Run) => readonly HistogramStatistic[];
}

/** Functions that see classic and native histograms alike. */
class HistogramStatisticsNode implements VectorNode {
  readonly type = 'vector';
  readonly #options: HistogramStatisticsOptions;
  readonly #plan = new Kept<SeriesList, HistogramPlan>();
  readonly #output = new Kept<SeriesList, SeriesList>();
  readonly #input = new Block();
  readonly #results = new Block();
  readonly #row = new Row();
  #scratch = { bounds: new Float64Array(0), counts: new Float64Array(0) };

  constructor(options: HistogramStatisticsOptions) {
    this.#options = options;
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { input: node, statistics: begin } = this.#options;
    const { steps } = grid;
    const statistics = begin(grid, run);
    const input = node.begin(grid, run);
    const plan = this.#plan.get(input, planHistograms);
    const block = this.#input;
    block.reset(input.length, steps);
    run.hold(input.length * steps);
    for (let i = 0; i < input.length; i++) {
      if (!node.read(i, this.#row)) continue;
      block.copy(this.#row, i);
      if (plan.badLabels.has(i)) this.#tellOfBadLabel(input.labels[i], i, run);
    }
    const { groups } = plan;
    this.#results.reset(groups.length * statistics.length, steps);
    run.hold(groups.length * statistics.length * steps);
    groups.forEach((group, g) => {
      for (let s = 0; s < steps; s++) {
        const at = { step: s, time: grid.start + s * grid.step, metric: group.metric };
        this.#evaluate(group, statistics, { at, rows: groups.length, group: g }, run);
      }
      run.work(steps * group.buckets.length);
    });
    return this.#output.get(input, () => outputOf(groups, statistics, run));
  }

  read(index: number, row: Row): boolean {
    return this.#results.row(index, row);
  }

  #evaluate(
    group: HistogramGroup,
    statistics: readonly HistogramStatistic[],
    {
      at,
      rows,
      group: g,
    }: { at: { step: number; time: number; metric: string }; rows: number; group: number },
    run: Run,
  ): void {
    const { step } = at;
    const { steps, kinds, histograms } = this.#input;
    const native = group.natives.find((i) => kinds[i * steps + step] === HISTOGRAM);
    const buckets = this.#bucketsAt(group, step);
    if (native !== undefined && buckets.length > 0) {
      const { annotations, delayedNameRemoval } = run;
      const metric = delayedNameRemoval ? group.metric : '';
      annotations.mixedClassicNative(metric, this.#options.expression.span);
      return;
    }
    if (native === undefined && buckets.length === 0) return;
    statistics.forEach((statistic, k) => {
      const histogram = native === undefined ? undefined : histograms?.[native * steps + step];
      const cell = (k * rows + g) * steps + step;
      this.#results.kinds[cell] = FLOAT;
      this.#results.values[cell] =
        histogram === undefined
          ? // Counts may be changed by the computation, so each gets its own.
            statistic.classic(k === 0 ? buckets : this.#bucketsAt(group, step), at)
          : statistic.native(histogram, at);
    });
  }

  /** The buckets that have a float at a step, those with equal bounds added up. */
  #bucketsAt({ buckets }: HistogramGroup, step: number): ClassicBuckets {
    if (this.#scratch.bounds.length < buckets.length) {
      this.#scratch = {
        bounds: new Float64Array(buckets.length),
        counts: new Float64Array(buckets.length),
      };
    }
    const { bounds, counts } = this.#scratch;
    const { kinds, values, steps } = this.#input;
    let length = 0;
    for (const { index, bound } of buckets) {
      const cell = index * steps + step;
      if (kinds[cell] !== FLOAT) continue;
      if (length > 0 && bounds[length - 1] === bound) {
        counts[length - 1] += values[cell];
        continue;
      }
      bounds[length] = bound;
      counts[length] = values[cell];
      length++;
    }
    return { bounds, counts, length };
  }

  #tellOfBadLabel(labels: LabelSet, index: number, run: Run): void {
    const { kinds, steps } = this.#input;
    let anyFloat = false;
    for (let s = 0; s < steps; s++) anyFloat ||= kinds[index * steps + s] === FLOAT;
    if (!anyFloat) return;
    const metric = run.delayedNameRemoval ? labels.metricName : '';
    run.annotations.badBucketLabel(metric, labels.get(BUCKET_LABEL), this.#options.expression.span);
  }
}

function outputOf(
  groups: readonly HistogramGroup[],
  statistics: readonly HistogramStatistic[],
  run: Run,
): SeriesList {
  const labels = statistics.flatMap((statistic) =>
    groups.map((group) =>
      statistic.labels(run.delayedNameRemoval ? group.labels : dropName(group.labels)),
    ),
  );
  return new SeriesList(labels, {
    dropName: run.delayedNameRemoval ? labels.map(() => true) : undefined,
  });
}

interface QuantileOptions {
  readonly q: Float64Array;
  readonly run: Run;
  /** Of the quantile's argument and of the histograms' argument. */
  readonly parameter: Expression;
  readonly expression: Expression;
}

function quantileStatistic({ q, run, parameter, expression }: QuantileOptions): HistogramStatistic {
  const { annotations, delayedNameRemoval } = run;
  for (const value of q) {
    if (!(value >= 0 && value <= 1)) annotations.invalidQuantile(value, parameter.span);
  }
  return {
    labels: (labels) => labels,
    native: (histogram, { step, metric }) => {
      const { value, note } = histogramQuantile(q[step], histogram);
      if (note !== undefined) {
        annotations.nanObservations(note, delayedNameRemoval ? metric : '', parameter.span);
      }
      return value;
    },
    classic: (buckets, { step, time, metric }) => {
      const { value, forced } = bucketQuantile(q[step], buckets);
      if (forced !== undefined) {
        const name = delayedNameRemoval ? metric : '';
        annotations.forcedMonotonicity(name, expression.span, { time, forced });
      }
      return value;
    },
  };
}

/** `histogram_quantile(q, v)`. */
export function histogramQuantileNode(
  q: ScalarNode,
  input: VectorNode,
  [parameter, expression]: readonly Expression[],
): VectorNode {
  return new HistogramStatisticsNode({
    input,
    expression,
    statistics: (grid, run) => [
      quantileStatistic({ q: q.evaluate(grid, run), run, parameter, expression }),
    ],
  });
}

/** As OpenMetrics writes numbers: always with a point or an exponent. */
function openMetricsFloat(value: number): string {
  const text = formatGeneral(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/**
 * `histogram_quantiles(v, label, q…)`: one series a quantile, told apart by a label. The label takes
 * each quantile's value at the first step.
 */
export function histogramQuantilesNode(
  input: VectorNode,
  label: string,
  quantiles: readonly { node: ScalarNode; parameter: Expression }[],
  expression: Expression,
): VectorNode {
  if (!isLabelName(label)) {
    throw new ExecutionError(`invalid label name ${quote(label)} in histogram_quantiles()`);
  }
  return new HistogramStatisticsNode({
    input,
    expression,
    statistics: (grid, run) =>
      quantiles.map(({ node, parameter }) => {
        const q = node.evaluate(grid, run);
        const value = openMetricsFloat(q[0]);
        return {
          ...quantileStatistic({ q, run, parameter, expression }),
          labels: (labels) => withLabel(labels, label, value),
        };
      }),
  });
}

/** `histogram_fraction(lower, upper, v)`. */
export function histogramFractionNode(
  bounds: { lower: ScalarNode; upper: ScalarNode },
  input: VectorNode,
  [parameter, , expression]: readonly Expression[],
): VectorNode {
  return new HistogramStatisticsNode({
    input,
    expression,
    statistics: (grid, run) => {
      const lower = bounds.lower.evaluate(grid, run);
      const upper = bounds.upper.evaluate(grid, run);
      return [
        {
          labels: (labels) => labels,
          native: (histogram, { step, metric }) => {
            const { value, note } = histogramFraction(lower[step], upper[step], histogram);
            if (note !== undefined) {
              const name = run.delayedNameRemoval ? metric : '';
              run.annotations.nanObservations('fraction', name, parameter.span);
            }
            return value;
          },
          classic: (buckets, { step }) => bucketFraction(lower[step], upper[step], buckets),
        },
      ];
    },
  });
}
