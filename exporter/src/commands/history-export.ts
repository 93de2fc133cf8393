import { formatSampleValue } from '../promql/number-format.js';
import type { History } from '../series/history/history.js';
import { METRIC_NAME, type LabelSet } from '../series/labels.js';
import type { Matcher } from '../series/matcher.js';

export interface ExportRange {
  /** Unix milliseconds: samples with `from <= time < to`. */
  readonly from: number;
  readonly to: number;
  /** All must match; none for every series. */
  readonly matchers: readonly Matcher[];
}

export interface Exported {
  readonly series: number;
  readonly samples: number;
  /** Native histograms, for which the text has no form. */
  readonly leftOut: number;
}

/** Writes the samples of a store as OpenMetrics text, the series of a metric side by side. */
export async function exportHistory(
  store: History,
  { from, to, matchers }: ExportRange,
  write: (text: string) => Promise<void>,
): Promise<Exported> {
  const matching = (await store.series('raw', from, to)).filter((labels) =>
    matchers.every((matcher) => matcher.matches(labels.get(matcher.name))),
  );
  matching.sort((a, b) => compare(a.metricName, b.metricName) || compare(a.key, b.key));
  let [series, samples, leftOut] = [0, 0, 0];
  for (const labels of matching) {
    const metric = metricOf(labels);
    let text = '';
    for (const { time, value, stale, histogram } of await store.samples(labels, from, to)) {
      if (stale) continue;
      if (histogram === undefined) {
        text += `${metric} ${formatSampleValue(value)} ${time / 1000}\n`;
        samples++;
      } else leftOut++;
    }
    if (text === '') continue;
    series++;
    await write(text);
  }
  await write('# EOF\n');
  return { series, samples, leftOut };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const PLAIN_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Name and labels; names that are no plain ones in quotes, as in Prometheus 3. */
function metricOf(labels: LabelSet): string {
  const name = labels.metricName;
  const plain = PLAIN_NAME.test(name);
  const pairs = plain ? [] : [quoted(name)];
  for (let i = 0; i < labels.length; i++) {
    const label = labels.names[i];
    if (label === METRIC_NAME) continue;
    pairs.push(`${PLAIN_LABEL.test(label) ? label : quoted(label)}=${quoted(labels.values[i])}`);
  }
  const braces = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  return plain ? name + braces : braces;
}

const quoted = (text: string): string =>
  `"${text.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`;
