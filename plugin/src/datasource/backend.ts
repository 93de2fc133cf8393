import { getBackendSrv, isFetchError } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { fieldsOf } from '../shared/json.js';
import type { Method } from './answer.js';

/** Longest parameters that go into a URL, which proxies cap; longer ones are sent as a form. */
const LONGEST_URL = 1500;

/** Asks through Grafana by any method, with JSON, and answers the parsed JSON whatever the status. */
export async function send(
  method: Method,
  url: string,
  data?: object,
): Promise<{ status: number; body: unknown }> {
  try {
    const options = { method, url, data, showErrorAlert: false, showSuccessAlert: false };
    const answer = await lastValueFrom(getBackendSrv().fetch<unknown>(options));
    return { status: answer.status, body: answer.data };
  } catch (thrown) {
    if (isFetchError(thrown)) return { status: thrown.status, body: bodyOf(thrown.data) };
    throw thrown;
  }
}

/** Asks through Grafana, and answers the parsed JSON whatever the status. */
export async function ask(
  url: string,
  parameters: Readonly<Record<string, string>>,
): Promise<{ status: number; body: unknown }> {
  const form = new URLSearchParams(parameters).toString();
  const long = form.length > LONGEST_URL;
  try {
    const { status, data } = await lastValueFrom(
      getBackendSrv().fetch<unknown>({
        url: long || form === '' ? url : `${url}?${form}`,
        method: long ? 'POST' : 'GET',
        ...(long && {
          data: form,
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        }),
        showErrorAlert: false,
      }),
    );
    return { status, body: data };
  } catch (thrown) {
    if (isFetchError(thrown)) return { status: thrown.status, body: bodyOf(thrown.data) };
    throw thrown;
  }
}

/**
 * What was answered. Where that is a text, as of a proxy that reaches nobody, Grafana hands out an object
 * whose `error` are the words of the status: they would stand in the way of ours.
 */
function bodyOf(data: unknown): unknown {
  const { response } = fieldsOf(data);
  return typeof response === 'string' ? response : data;
}
