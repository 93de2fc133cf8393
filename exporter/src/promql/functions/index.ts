import type { Call, Expression } from '../ast.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import { histogramVariance } from '../histogram/quantile.js';
import { HistogramMapNode, MapNode } from '../map.js';
import { MergeNode } from '../merge.js';
import type { PlanNode, RangeNode, ScalarNode, VectorNode } from '../nodes.js';
import { AbsentOverTimeNode, RangeCallNode } from '../range-call.js';
import type { WindowFunction } from '../range-window.js';
import {
  ComputedScalar,
  ConstantNode,
  ScalarCallNode,
  ScalarOfNode,
  VectorOfNode,
} from '../scalars.js';
import { SelectorNode } from '../selectors.js';
import { AbsentNode, absentSeries } from './absent.js';
import { ClampNode } from './clamp.js';
import { DATES } from './dates.js';
import {
  histogramFractionNode,
  histogramQuantileNode,
  histogramQuantilesNode,
} from './histograms.js';
import { InfoNode } from './info.js';
import { labelJoin, labelReplace } from './labels.js';
import { MATH } from './math.js';
import { OF_BUCKETS } from './of-buckets.js';
import { OVER_TIME } from './over-time.js';
import { RATES } from './rates.js';
import type { FunctionName } from './signatures.js';
import { byLabels, byValue, SortNode } from './sort.js';
import { RenamedNode, StepTimeNode } from './timestamps.js';
import { TRENDS } from './trends.js';

/** The planned arguments of a call, by position, and of which type they are. */
export interface PlannedArgs {
  readonly call: Call;
  readonly nodes: readonly PlanNode[];
  readonly vector: (index: number) => VectorNode;
  readonly scalar: (index: number) => ScalarNode;
  readonly range: (index: number) => RangeNode;
  readonly text: (index: number) => string;
}

type Planner = (args: PlannedArgs) => VectorNode | ScalarNode;

/** Names may collide once the metric name is gone. */
function merged(node: VectorNode): VectorNode {
  return new MergeNode(node, { strict: false });
}

function texts({ call, text }: PlannedArgs, from: number): string[] {
  return call.args.slice(from).map((_, i) => text(from + i));
}

const KEEPS_NAME: ReadonlySet<string> = new Set(['first_over_time', 'last_over_time']);
const OF_COUNTERS: ReadonlySet<string> = new Set(['rate', 'increase']);

/** Functions over a range; any other arguments are scalars. */
function overRange(compute: WindowFunction): Planner {
  return ({ call, nodes }) => {
    const range = nodes.find((node) => node.type === 'matrix') as RangeNode;
    const node = new RangeCallNode({
      range,
      compute,
      ofBuckets: OF_BUCKETS[call.function.name],
      args: nodes.filter((other) => other.type === 'scalar'),
      keepsName: KEEPS_NAME.has(call.function.name),
      expectsCounter: OF_COUNTERS.has(call.function.name),
      span: call.args[0].span,
    });
    return new MergeNode(node, { strict: true });
  };
}

function ofFloats(compute: (value: number, ...args: number[]) => number): Planner {
  return ({ nodes, vector }) => {
    const scalars = nodes.filter((node) => node.type === 'scalar');
    return merged(new MapNode(vector(0), compute, scalars));
  };
}

/** Without an argument, of the time of the step. */
function ofDates(compute: (seconds: number) => number): Planner {
  return ({ nodes, vector }) => {
    const input = nodes.length > 0 ? vector(0) : new VectorOfNode(new ComputedScalar(seconds));
    return merged(new MapNode(input, compute, []));
  };
}

function ofHistograms(compute: (histogram: FloatHistogram) => number): Planner {
  return ({ vector }) => merged(new HistogramMapNode(vector(0), compute));
}

function seconds(time: number): number {
  return time / 1000;
}

function sorted(compare: ReturnType<typeof byValue>): Planner {
  return ({ call, vector }) =>
    new SortNode(vector(0), { compare, floatsOnly: true, span: call.span });
}

function sortedByLabel(sign: 1 | -1): Planner {
  return (args) =>
    new SortNode(args.vector(0), {
      compare: byLabels(texts(args, 1), sign),
      floatsOnly: false,
      span: args.call.span,
    });
}

function timestamp({ call, vector }: PlannedArgs): VectorNode {
  const arg: Expression = call.args[0];
  const input =
    arg.kind === 'selector'
      ? new SelectorNode(arg, { timestamps: true })
      : new StepTimeNode(vector(0));
  return merged(new RenamedNode(input));
}

function mapped<Name extends string, Compute>(
  functions: Record<Name, Compute>,
  plan: (compute: Compute) => Planner,
): Record<Name, Planner> {
  const entries = Object.entries<Compute>(functions);
  return Object.fromEntries(entries.map(([name, compute]) => [name, plan(compute)])) as Record<
    Name,
    Planner
  >;
}

/** How each function is planned; the type says when one of the signatures is missing. */
const PLANNERS: Record<FunctionName, Planner> = {
  ...mapped(RATES, overRange),
  ...mapped(OVER_TIME, overRange),
  ...mapped(TRENDS, overRange),
  ...mapped(MATH, ofFloats),
  ...mapped(DATES, ofDates),
  holt_winters: overRange(TRENDS.double_exponential_smoothing),
  clamp: ({ vector, scalar }) => merged(new ClampNode(vector(0), scalar(1), scalar(2))),
  absent: ({ call, vector }) => new AbsentNode(vector(0), absentSeries(call.args[0])),
  absent_over_time: ({ call, range }) =>
    new AbsentOverTimeNode(range(0), absentSeries(call.args[0])),
  histogram_count: ofHistograms(({ count }) => count),
  histogram_sum: ofHistograms(({ sum }) => sum),
  histogram_avg: ofHistograms(({ sum, count }) => sum / count),
  histogram_stddev: ofHistograms((histogram) => Math.sqrt(histogramVariance(histogram))),
  histogram_stdvar: ofHistograms(histogramVariance),
  histogram_quantile: ({ call, scalar, vector }) =>
    merged(histogramQuantileNode(scalar(0), vector(1), call.args)),
  histogram_quantiles: ({ call, nodes, vector, text }) => {
    const quantiles = nodes.flatMap((node, i) =>
      node.type === 'scalar' ? [{ node, parameter: call.args[i] }] : [],
    );
    return merged(histogramQuantilesNode(vector(0), text(1), quantiles, call.args[0]));
  },
  histogram_fraction: ({ call, scalar, vector }) =>
    merged(histogramFractionNode({ lower: scalar(0), upper: scalar(1) }, vector(2), call.args)),
  label_replace: (args) => merged(labelReplace(args.vector(0), texts(args, 1))),
  label_join: (args) => merged(labelJoin(args.vector(0), texts(args, 1))),
  info: ({ call, vector }) => merged(new InfoNode(vector(0), call.args)),
  sort: sorted(byValue(1)),
  sort_desc: sorted(byValue(-1)),
  sort_by_label: sortedByLabel(1),
  sort_by_label_desc: sortedByLabel(-1),
  timestamp,
  scalar: ({ vector }) => new ScalarOfNode(vector(0)),
  vector: ({ scalar }) => new VectorOfNode(scalar(0)),
  max_of: ({ scalar }) => new ScalarCallNode(Math.max, [scalar(0), scalar(1)]),
  min_of: ({ scalar }) => new ScalarCallNode(Math.min, [scalar(0), scalar(1)]),
  pi: () => new ConstantNode(Math.PI),
  time: () => new ComputedScalar(seconds),
  start: () => new ComputedScalar((_, run) => run.queryStart / 1000),
  end: () => new ComputedScalar((_, run) => run.queryEnd / 1000),
  range: () => new ComputedScalar((_, run) => (run.queryEnd - run.queryStart) / 1000),
  step: () => new ComputedScalar((_, run) => run.queryStep / 1000),
};

/** Plans a call whose arguments are planned. */
export function planCall(args: PlannedArgs): VectorNode | ScalarNode {
  return PLANNERS[args.call.function.name as FunctionName](args);
}

/**
 * Functions whose result depends on the time of the step even where their arguments do not, or that
 * see the times of their argument's samples.
 */
export const DEPENDS_ON_TIME: ReadonlySet<string> = new Set<FunctionName>([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
]);
