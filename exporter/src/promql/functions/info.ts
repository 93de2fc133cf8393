import { LabelSet, METRIC_NAME } from '../../series/labels.js';
import { Matcher } from '../../series/matcher.js';
import { SampleBuffer } from '../../series/samples.js';
import type { Expression } from '../ast.js';
import { ExecutionError } from '../errors.js';
import { withLabel } from '../label-operations.js';
import type { VectorNode } from '../nodes.js';
import { ABSENT, Block, FLOAT, HISTOGRAM, Row, SeriesList } from '../rows.js';
import type { Grid, Run } from '../run.js';

/** Labels by which info series belong to others; Prometheus knows no others either. */
const IDENTIFYING = ['instance', 'job'] as const;

interface InfoSeries {
  readonly labels: LabelSet;
  readonly metric: string;
  /** Time of the newest sample at each step; NaN for none. */
  readonly times: Float64Array;
}

/**
 * `info(v, {selector})`: adds labels of info metrics such as `target_info` to the series of a vector.
 * Source: Prometheus promql/info.go.
 */
export class InfoNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  readonly #nameMatchers: readonly Matcher[];
  readonly #dataMatchers: readonly Matcher[];
  readonly #row = new Row();
  #results = new Block();

  constructor(input: VectorNode, args: readonly Expression[]) {
    this.#input = input;
    const selector = args[1];
    const matchers = selector?.kind === 'selector' ? selector.matchers : [];
    this.#nameMatchers = infoNames(matchers.filter(({ name }) => name === METRIC_NAME));
    this.#dataMatchers = matchers.filter(({ name }) => name !== METRIC_NAME);
  }

  begin(grid: Grid, run: Run): SeriesList {
    const { steps } = grid;
    const input = this.#input.begin(grid, run);
    const isInfo = input.labels.map((labels) => {
      const name = labels.metricName;
      return this.#nameMatchers.every((matcher) => matcher.matches(name));
    });
    const others = input.labels.filter((_, i) => !isInfo[i]);
    const infos = this.#infoSeries(others, grid, run);
    const labels: LabelSet[] = [];
    const dropName: boolean[] = [];
    const outputs = new Map<string, number>();
    const columns: Block[] = [];
    for (let i = 0; i < input.length; i++) {
      if (!this.#input.read(i, this.#row)) continue;
      const { kinds, values, histograms, base } = this.#row;
      const candidates = isInfo[i]
        ? []
        : infos.filter((info) => belongs(info.labels, input.labels[i]));
      for (let s = 0; s < steps; s++) {
        if (kinds[base + s] === ABSENT) continue;
        const enriched = isInfo[i] ? input.labels[i] : this.#enrich(input.labels[i], candidates, s);
        if (enriched === undefined) continue;
        let output = outputs.get(enriched.key);
        if (output === undefined) {
          output = labels.length;
          outputs.set(enriched.key, output);
          labels.push(enriched);
          dropName.push(input.dropName?.[i] ?? false);
          const column = new Block();
          column.reset(1, steps);
          run.hold(steps);
          columns.push(column);
        }
        const column = columns[output];
        if (column.kinds[s] !== ABSENT) {
          throw new ExecutionError('vector cannot contain metrics with the same labelset');
        }
        const histogram = kinds[base + s] === HISTOGRAM ? histograms?.[base + s] : undefined;
        if (histogram !== undefined) column.setHistogram(s, histogram);
        else {
          column.kinds[s] = FLOAT;
          column.values[s] = values[base + s];
        }
      }
    }
    this.#results = new Block();
    this.#results.reset(labels.length, steps);
    columns.forEach((column, i) => {
      column.row(0, this.#row);
      this.#results.copy(this.#row, i);
    });
    return new SeriesList(labels, { dropName });
  }

  read(index: number, row: Row): boolean {
    return this.#results.row(index, row);
  }

  #infoSeries(others: readonly LabelSet[], grid: Grid, run: Run): InfoSeries[] {
    const identifying = IDENTIFYING.flatMap((name) => {
      const values = new Set(
        others.map((labels) => labels.get(name)).filter((value) => value !== ''),
      );
      return values.size === 0 ? [] : [{ name, values }];
    });
    if (identifying.length === 0) return [];
    const { reader, lookback } = run;
    const buffer = new SampleBuffer();
    const found: InfoSeries[] = [];
    for (const id of reader.select([...this.#nameMatchers, ...this.#dataMatchers])) {
      const labels = reader.labels(id);
      if (!identifying.every(({ name, values }) => values.has(labels.get(name)))) continue;
      const last = grid.start + (grid.steps - 1) * grid.step;
      buffer.clear();
      reader.read(id, grid.start - lookback + 1, last, buffer);
      run.read(buffer.length);
      const times = new Float64Array(grid.steps).fill(NaN);
      let next = 0;
      for (let s = 0; s < grid.steps; s++) {
        const time = grid.start + s * grid.step;
        while (next < buffer.length && buffer.times[next] <= time) next++;
        const at = next - 1;
        if (at < 0 || buffer.times[at] <= time - lookback || buffer.isStale(at)) continue;
        if (buffer.histograms?.[at] !== undefined) {
          throw new ExecutionError(
            `this should be an info metric, with float samples: ${labels.toString()}`,
          );
        }
        times[s] = buffer.times[at];
      }
      found.push({ labels, metric: labels.metricName, times });
    }
    return found;
  }

  /** @returns `undefined` where the series is dropped: it lacks an info that was asked for. */
  #enrich(base: LabelSet, candidates: readonly InfoSeries[], step: number): LabelSet | undefined {
    const newest = new Map<string, InfoSeries>();
    for (const info of candidates) {
      const time = info.times[step];
      if (Number.isNaN(time)) continue;
      const known = newest.get(info.metric);
      if (known === undefined || known.times[step] < time) newest.set(info.metric, info);
      else if (known.times[step] === time) {
        throw new ExecutionError(
          `found duplicate series for info metric: existing ${known.labels.toString()} @ ${time}, new ${info.labels.toString()} @ ${time}`,
        );
      }
    }
    if (newest.size === 0 && !this.#dataMatchers.every((matcher) => matcher.matches(''))) {
      return undefined;
    }
    const wanted = new Set(this.#dataMatchers.map(({ name }) => name));
    let added = LabelSet.EMPTY;
    for (const { labels } of newest.values()) {
      labels.names.forEach((name, i) => {
        if (name === METRIC_NAME || (wanted.size > 0 && !wanted.has(name))) return;
        const known = added.get(name);
        if (known !== '' && known !== labels.values[i]) {
          throw new ExecutionError(`conflicting label: ${name}`);
        }
        if (base.get(name) === '') added = withLabel(added, name, labels.values[i]);
      });
    }
    return added.names.reduce((labels, name, i) => withLabel(labels, name, added.values[i]), base);
  }
}

function belongs(info: LabelSet, series: LabelSet): boolean {
  return IDENTIFYING.every((name) => info.get(name) === series.get(name));
}

/** Which metrics are info metrics: `target_info` where nothing else is asked for. */
function infoNames(matchers: readonly Matcher[]): readonly Matcher[] {
  if (matchers.some(({ operator }) => operator === '=' || operator === '=~')) return matchers;
  if (matchers.length > 0) return [new Matcher(METRIC_NAME, '=~', '.+_info'), ...matchers];
  return [new Matcher(METRIC_NAME, '=', 'target_info')];
}
