import type { AdHocVariableFilter, MetricFindValue } from '@grafana/data';
import { parser } from '@prometheus-io/lezer-promql';
import { QueryError } from './live/past.js';
import type { PrometheusClient } from './prometheus.js';

type Filter = Pick<AdHocVariableFilter, 'key' | 'operator' | 'value' | 'values'>;

/**
 * An expression with the filters added to every selector in it.
 * @throws QueryError for an operator that PromQL has not
 */
export function withFilters(expr: string, filters: readonly Filter[]): string {
  const matchers = filters.filter(({ key }) => key !== '').map(matcherOf);
  if (matchers.length === 0) return expr;
  let filtered = '';
  let done = 0;
  for (const { at, before, after } of placesIn(expr)) {
    filtered += expr.slice(done, at) + before + matchers.join(', ') + after;
    done = at;
  }
  return filtered + expr.slice(done);
}

/** A selector of the series that all filters let through; `undefined` where there are none. */
export function selectorOf(filters: readonly Filter[]): string | undefined {
  const matchers = filters.filter(({ key }) => key !== '').map(matcherOf);
  return matchers.length === 0 ? undefined : `{${matchers.join(', ')}}`;
}

interface Place {
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

/** Where in an expression matchers can be written, one place a selector. */
function placesIn(expr: string): Place[] {
  const places: Place[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node }) => {
      if (name !== 'VectorSelector') return;
      const braces = node.getChild('LabelMatchers');
      if (braces === null) {
        places.push({ at: node.to, before: '{', after: '}' });
        return;
      }
      // Right after the brace that opens: what is at the end may be a comma, or not yet be written.
      const inside = expr.slice(braces.from + 1, braces.to).trim();
      const isEmpty = inside === '' || inside === '}';
      places.push({ at: braces.from + 1, before: '', after: isEmpty ? '' : ', ' });
    },
  });
  return places;
}

function matcherOf({ key, operator, value, values }: Filter): string {
  // A name that PromQL has to have in quotes, such as `http.route`.
  const label = /^[a-zA-Z_]\w*$/.test(key) ? key : JSON.stringify(key);
  switch (operator) {
    case '=':
    case '!=':
    case '=~':
    case '!~':
      return label + operator + JSON.stringify(value);
    case '=|':
      return `${label}=~${JSON.stringify(oneOf(values ?? [value]))}`;
    case '!=|':
      return `${label}!~${JSON.stringify(oneOf(values ?? [value]))}`;
    default:
      throw new QueryError(
        `A filter by "${operator}" is not possible: PromQL compares labels by =, !=, =~ and !~.`,
        { final: true },
      );
  }
}

const oneOf = (values: readonly string[]): string =>
  values.map((value) => value.replace(/[\\^$*+?.()|[\]{}]/g, '\\$&')).join('|');

type Client = Pick<PrometheusClient, 'labels' | 'labelValues'>;

/** Labels to filter by, of the series that the other filters let through. */
export async function filterKeys(
  client: Client,
  others: readonly Filter[],
): Promise<MetricFindValue[]> {
  const labels = await client.labels(selectorOf(others));
  return labels.filter((label) => label !== '__name__').map((text) => ({ text }));
}

/** Values of a label to filter by, of the series that the other filters let through. */
export async function filterValues(
  client: Client,
  key: string,
  others: readonly Filter[],
): Promise<MetricFindValue[]> {
  const selector = selectorOf(others.filter((other) => other.key !== key));
  return (await client.labelValues(key, selector)).map((text) => ({ text }));
}
