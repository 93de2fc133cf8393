import { QueryError } from './live/past.js';

/** Asks `path` of the exporter with parameters and answers the parsed JSON, whatever the status. */
export type Ask = (
  path: string,
  parameters: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly body: unknown }>;

type Fields = Readonly<Record<string, unknown>>;

/** A value as an object, an empty one where it is none. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** A value as an array, an empty one where it is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Unix milliseconds, or a span of them, as parameters have them. */
export const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

/**
 * The `data` of an answer.
 * @throws QueryError with what is wrong, or probably wrong, in words for a person
 */
export async function dataOf(
  ask: Ask,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<unknown> {
  let answer;
  try {
    answer = await ask(path, parameters);
  } catch (cause) {
    throw new QueryError('Grafana cannot be reached.', { final: false, cause });
  }
  const { status, data, error, errorType } = fieldsOf(answer.body);
  if (status === 'success') return data;
  if (typeof error === 'string') throw new QueryError(error, { final: errorType === 'bad_data' });
  throw new QueryError(describeStatus(answer.status), { final: false });
}

/** Says what is probably wrong where the answer is not that of an exporter. */
export function describeStatus(status: number): string {
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
