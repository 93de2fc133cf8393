import { isFinal, messageOf, QueryError, type Past, type Stretch } from './live/past.js';
import type { Series } from './live/table.js';
import { parsePrometheusNumber } from './live/wire.js';

/** Asks `path` of the exporter with parameters and answers the parsed JSON, whatever the status. */
export type Ask = (
  path: string,
  parameters: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly body: unknown }>;

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

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
      const { metric, values } = fieldsOf(item);
      return { labels: labelsOf(metric), samples: listOf(values).map(sampleOf) };
    });
  }

  /** The values of an expression at one time, Unix milliseconds. */
  async instant(expr: string, time: number): Promise<Series[]> {
    const data = await this.#data('/api/v1/query', { query: expr, time: seconds(time) });
    const { resultType, result } = fieldsOf(data);
    if (resultType === 'scalar') return [{ labels: {}, samples: [sampleOf(result)] }];
    return listOf(result).map((item) => {
      const { metric, value } = fieldsOf(item);
      return { labels: labelsOf(metric), samples: value === undefined ? [] : [sampleOf(value)] };
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

  /** Version of the exporter; `undefined` where it is another server with the same API. */
  async version(): Promise<string | undefined> {
    const { status, body } = await this.#ask('/api/health', {});
    const { version } = fieldsOf(body);
    return status === 200 && typeof version === 'string' ? version : undefined;
  }

  async #data(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    let answer;
    try {
      answer = await this.#ask(path, parameters);
    } catch (cause) {
      throw new QueryError('Grafana cannot be reached.', { final: false, cause });
    }
    const { status, data, error, errorType } = fieldsOf(answer.body);
    if (status === 'success') return data;
    if (typeof error === 'string') {
      throw new QueryError(error, { final: errorType === 'bad_data' });
    }
    throw new QueryError(describe(answer.status), { final: false });
  }
}

/** Says what is probably wrong where the answer is not that of an exporter. */
function describe(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return `Access is refused (${status}): check the datasource's permissions in Grafana.`;
    case 404:
      return 'There is no Prometheus API at the URL of the datasource (404): check its path.';
    case 502:
    case 504:
      return (
        `Grafana cannot reach the exporter (${status}): check that it runs and that the URL of the ` +
        'datasource is right as seen from the Grafana server.'
      );
    case 200:
      return 'What answers at the URL of the datasource is no Kymo exporter.';
    default:
      return `The exporter answered ${status}.`;
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

/** Unix milliseconds and value. */
function sampleOf(value: unknown): readonly [number, number] {
  const [time, text] = listOf(value);
  return [Math.round(Number(time) * 1000), parsePrometheusNumber(String(text))];
}
