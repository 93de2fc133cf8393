import { getBackendSrv, isFetchError } from '@grafana/runtime';
import { lastValueFrom, timeout, TimeoutError } from 'rxjs';
import { fieldsOf } from '../shared/json.js';

/** What a server answered. */
export interface Reply {
  readonly status: number;
  /** Of JSON; another text as it is. */
  readonly body: unknown;
  /** In one short line, what it said where it answered no JSON that fits. */
  readonly said: string;
  /** Unix milliseconds by the server's clock, where it told; it tells whole seconds, cut off. */
  readonly date: number | undefined;
}

/** A server that is asked through Grafana. */
export interface Peer {
  /** Never rejects. */
  get(path: string, parameters?: Readonly<Record<string, string>>): Promise<Reply>;
}

const LONGEST = 200;

/**
 * @param root of all paths: `''` is Grafana itself, the URL of a datasource what is behind it
 * @param patience milliseconds after which a question is given up; as long as Grafana has by default
 */
export function peerAt(root: string, patience = Infinity): Peer {
  return {
    async get(path, parameters = {}) {
      const query = new URLSearchParams(parameters).toString();
      const url = `${root}${path}${query === '' ? '' : `?${query}`}`;
      const options = { url, showErrorAlert: false, showSuccessAlert: false };
      try {
        const fetched = getBackendSrv().fetch<unknown>(options);
        const answer = await lastValueFrom(
          Number.isFinite(patience) ? fetched.pipe(timeout(patience)) : fetched,
        );
        return replyOf(answer.status, answer.data, answer.headers.get('date'));
      } catch (thrown) {
        if (isFetchError<unknown>(thrown)) {
          return replyOf(thrown.status, thrown.data, null, thrown.statusText);
        }
        const gaveUp = thrown instanceof TimeoutError;
        const words = gaveUp ? `no answer within ${patience / 1000} s` : String(thrown);
        return replyOf(0, undefined, null, words);
      }
    },
  };
}

function replyOf(status: number, body: unknown, date: string | null, words = ''): Reply {
  const time = date === null ? NaN : Date.parse(date) + 500;
  return {
    status,
    body,
    said: (textOf(body) || words || 'no answer').replace(/\s+/g, ' ').trim().slice(0, LONGEST),
    date: Number.isNaN(time) ? undefined : time,
  };
}

function textOf(body: unknown): string {
  // Of the page of a proxy or of another program, what stands between its tags tells nobody more.
  if (typeof body === 'string') return /^\s*</.test(body) ? 'a web page, not JSON' : body;
  const { error, message } = fieldsOf(body);
  return [error, message].find((one) => typeof one === 'string') ?? '';
}
