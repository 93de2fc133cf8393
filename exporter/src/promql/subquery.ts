import type { Subquery } from './ast.js';
import type { RangeNode, RangeSamples, VectorNode, Windows } from './nodes.js';
import { FLOAT, HISTOGRAM, Row, SeriesList } from './rows.js';
import type { Grid, Run } from './run.js';
import { durationOf, timeOf } from './selectors.js';
import { withHint, type FloatHistogram } from './histogram/float-histogram.js';

/**
 * A subquery: its expression is evaluated at multiples of its step, which are then the samples that
 * windows slide over.
 */
export class SubqueryNode implements RangeNode {
  readonly type = 'matrix';
  readonly #subquery: Subquery;
  readonly #inner: VectorNode;
  readonly #row = new Row();
  #grid: Grid = { start: 0, step: 1, steps: 0 };
  #run!: Run;
  #times: Float64Array = new Float64Array(0);
  windows: Windows = { range: 0, asked: 0, first: 0, step: 0 };

  constructor(subquery: Subquery, inner: VectorNode) {
    this.#subquery = subquery;
    this.#inner = inner;
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { range: rangeOf, step: stepOf, offset, at } = this.#subquery;
    this.#run = run;
    const range = durationOf(rangeOf, run);
    const step = Math.max(1, stepOf === undefined ? run.subqueryStep : durationOf(stepOf, run));
    const back = offset === undefined ? 0 : durationOf(offset, run, true);
    const fixed = timeOf(at, run);
    const first = (fixed ?? grid.start) - back;
    const last = fixed === undefined ? first + (grid.steps - 1) * grid.step : first;
    this.windows = { range, asked: range, first, step: fixed === undefined ? grid.step : 0 };

    // Multiples of the step, so that the same times are evaluated wherever the range begins; the
    // window is open on the left.
    const start = (Math.floor((first - range) / step) + 1) * step;
    const steps = Math.floor((last - start) / step) + 1;
    if (steps <= 0) {
      this.#grid = { start, step, steps: 0 };
      return SeriesList.EMPTY;
    }
    this.#grid = { start, step, steps };
    this.#times = Float64Array.from({ length: steps }, (_, i) => start + i * step);
    return this.#inner.begin(this.#grid, run);
  }

  read(index: number, samples: RangeSamples): boolean {
    const row = this.#row;
    const { steps } = this.#grid;
    samples.clear();
    if (!this.#inner.read(index, row)) return false;
    this.#run.work(steps);
    const { kinds, values, base } = row;
    let floats = 0;
    for (let s = 0; s < steps; s++) if (kinds[base + s] === FLOAT) floats++;
    if (floats === steps) {
      samples.times = this.#times;
      samples.values = values.subarray(base, base + steps);
      samples.length = steps;
      return true;
    }
    samples.times = new Float64Array(floats);
    samples.values = new Float64Array(floats);
    for (let s = 0; s < steps; s++) {
      const kind = kinds[base + s];
      if (kind === FLOAT) {
        samples.times[samples.length] = this.#times[s];
        samples.values[samples.length] = values[base + s];
        samples.length++;
      } else if (kind === HISTOGRAM) {
        samples.histogramTimes.push(this.#times[s]);
        samples.histograms.push(unhinted(row.histograms?.[base + s] as FloatHistogram));
      }
    }
    return true;
  }
}

/** Between evaluated samples others may lie, so hints on resets do not hold; that it is a gauge does. */
function unhinted(histogram: FloatHistogram): FloatHistogram {
  return histogram.resetHint === 'gauge' ? histogram : withHint(histogram, undefined);
}
