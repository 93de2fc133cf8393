import { fieldsOf, listOf } from '../shared/json.js';
import { dataOf, seconds, type Ask } from './answer.js';
import { isFinal, messageOf, QueryError, type Past, type Stretch } from './live/past.js';
import { bucketsOf } from './live/histogram.js';
import type { Series } from './live/table.js';
import { parsePrometheusNumber } from './live/wire.js';

/** The Prometheus HTTP API of an exporter. */
export class PrometheusClient implements Past {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async range({ expr, start, end, step }: Stretch): Promise<Series[]> {
    if (start > end) return [];
    const data = await this.#data('/api/v1/query_range', {
      query: expr,
      start: seconds(start),
      end: seconds(end),
      step: seconds(step),
    });
    return listOf(fieldsOf(data).result).map((item) => {
      const { metric, values, histograms } = fieldsOf(item);
      return seriesOf(metric, listOf(values), listOf(histograms));
    });
  }

  /** The values of an expression at one time, Unix milliseconds. */
  async instant(expr: string, time: number): Promise<Series[]> {
    const data = await this.#data('/api/v1/query', { query: expr, time: seconds(time) });
    const { resultType, result } = fieldsOf(data);
    if (resultType === 'scalar') return [{ labels: {}, samples: [sampleOf(result)] }];
    return listOf(result).map((item) => {
      const { metric, value, histogram } = fieldsOf(item);
      const listed = (one: unknown): unknown[] => (one === undefined ? [] : [one]);
      return seriesOf(metric, listed(value), listed(histogram));
    });
  }

  async time(): Promise<number> {
    const data = await this.#data('/api/v1/query', { query: 'time()' });
    return sampleOf(fieldsOf(data).result)[1] * 1000;
  }

  /** What is wrong with an expression; `undefined` where nothing is, or nobody can say. */
  async validate(expr: string): Promise<string | undefined> {
    try {
      await this.#data('/api/v1/format_query', { query: expr });
      return undefined;
    } catch (thrown) {
      return isFinal(thrown) ? messageOf(thrown) : undefined;
    }
  }

  /** Names of labels, of the series that `selector` matches where one is given. */
  async labels(selector?: string): Promise<string[]> {
    return texts(await this.#data('/api/v1/labels', matching(selector)));
  }

  /** Values of a label, of the series that `selector` matches where one is given. */
  async labelValues(label: string, selector?: string): Promise<string[]> {
    const path = `/api/v1/label/${encodeURIComponent(label)}/values`;
    return texts(await this.#data(path, matching(selector)));
  }

  /** Label sets of the series that a selector matches. */
  async series(selector: string): Promise<Readonly<Record<string, string>>[]> {
    return listOf(await this.#data('/api/v1/series', matching(selector))).map(labelsOf);
  }

  /** Base units of metrics by name, of those that have one. */
  async units(): Promise<Readonly<Record<string, string>>> {
    const families = Object.entries(fieldsOf(await this.#data('/api/v1/metadata', {})));
    return Object.fromEntries(
      families.flatMap(([name, entries]) => {
        const { unit } = fieldsOf(listOf(entries)[0]);
        return typeof unit === 'string' && unit !== '' ? [[name, unit]] : [];
      }),
    );
  }

  /** What the exporter says of its channels of Grafana Live. @throws where it says nothing */
  async channels(): Promise<unknown> {
    const { status, body } = await this.#ask('/api/live/channels', {});
    if (status !== 200) throw new QueryError(`The exporter answered ${status}.`, { final: false });
    return body;
  }

  /** Version of the exporter; `undefined` where it is another server with the same API. */
  async version(): Promise<string | undefined> {
    const { status, body } = await this.#ask('/api/health', {});
    const { version } = fieldsOf(body);
    return status === 200 && typeof version === 'string' ? version : undefined;
  }

  #data(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    return dataOf(this.#ask, path, parameters);
  }
}

const matching = (selector: string | undefined): Readonly<Record<string, string>> =>
  selector === undefined ? {} : { 'match[]': selector };

const texts = (value: unknown): string[] =>
  listOf(value).filter((item) => typeof item === 'string');

function labelsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(fieldsOf(value));
  return Object.fromEntries(entries.map(([label, text]) => [label, String(text)]));
}

function seriesOf(
  metric: unknown,
  values: readonly unknown[],
  histograms: readonly unknown[],
): Series {
  const series = { labels: labelsOf(metric), samples: values.map(sampleOf) };
  return histograms.length === 0 ? series : { ...series, histograms: histograms.map(histogramOf) };
}

/** Unix milliseconds and buckets. */
function histogramOf(value: unknown): NonNullable<Series['histograms']>[number] {
  const [time, histogram] = listOf(value);
  return [Math.round(Number(time) * 1000), bucketsOf(histogram)];
}

/** Unix milliseconds and value. */
function sampleOf(value: unknown): readonly [number, number] {
  const [time, text] = listOf(value);
  return [Math.round(Number(time) * 1000), parsePrometheusNumber(String(text))];
}
