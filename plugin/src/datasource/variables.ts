import type { MetricFindValue } from '@grafana/data';
import { QueryError } from './live/past.js';
import type { PrometheusClient } from './prometheus.js';
import { seriesName } from './legend.js';

/** The forms that a variable's query may have; what the stock Prometheus datasource calls them. */
export const VARIABLE_QUERIES =
  'metrics(regex), label_names(), label_values(label), label_values(selector, label), query_result(expr)';

type Client = Pick<PrometheusClient, 'instant' | 'labels' | 'labelValues'>;

/**
 * The values of a variable.
 * @throws QueryError for a query of no known form
 */
export async function findValues(
  query: string,
  client: Client,
  now: number,
): Promise<MetricFindValue[]> {
  const [, form, inside = ''] = /^\s*(\w+)\s*\((.*)\)\s*$/s.exec(query) ?? [];
  const argument = inside.trim();
  switch (form) {
    case 'metrics': {
      const pattern = new RegExp(argument);
      return values((await client.labelValues('__name__')).filter((name) => pattern.test(name)));
    }
    case 'label_names':
      return values(await client.labels(argument === '' ? undefined : argument));
    case 'label_values': {
      // Selectors have commas themselves; the label is what follows the last one.
      const comma = argument.lastIndexOf(',');
      const label = argument.slice(comma + 1).trim();
      const selector = comma < 0 ? undefined : argument.slice(0, comma).trim();
      return values(await client.labelValues(label, selector));
    }
    case 'query_result': {
      const series = await client.instant(argument, now);
      return values(
        series.map(({ labels, samples }) => {
          const [time, value] = samples[0] ?? [now, NaN];
          return `${seriesName(labels, undefined, '{}')} ${value} ${time}`;
        }),
      );
    }
    default:
      throw new QueryError(`Write one of ${VARIABLE_QUERIES}.`, { final: true });
  }
}

const values = (texts: readonly string[]): MetricFindValue[] => texts.map((text) => ({ text }));
