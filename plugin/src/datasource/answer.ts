import { fieldsOf } from '../shared/json.js';
import { QueryError } from './live/past.js';

/** Asks `path` of the exporter with parameters and answers the parsed JSON, whatever the status. */
export type Ask = (
  path: string,
  parameters: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly body: unknown }>;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Asks the exporter by any method and answers the parsed JSON, whatever the status. */
export type Send = (
  method: Method,
  path: string,
  body?: object,
) => Promise<{ readonly status: number; readonly body: unknown }>;

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

/**
 * The fields of an answer that has no envelope.
 * @throws QueryError with what is wrong, in the exporter's words or for a person
 */
export async function answerTo(
  send: Send,
  path: string,
  { method = 'GET', body }: { readonly method?: Method; readonly body?: object } = {},
): Promise<Readonly<Record<string, unknown>>> {
  let answer;
  try {
    answer = await send(method, path, body);
  } catch (cause) {
    throw new QueryError('Grafana cannot be reached.', { final: false, cause });
  }
  const fields = fieldsOf(answer.body);
  const { status, error } = fields;
  if (answer.status >= 200 && answer.status < 300 && status !== 'error') return fields;
  // Grafana has errors of its own, which do not say what to do.
  const isOurs = status === 'error' && typeof error === 'string';
  const message = isOurs ? error : describeStatus(answer.status);
  throw new QueryError(message, { final: false });
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
