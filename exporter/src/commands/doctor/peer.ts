import type { Clock } from '../../lib/clock.js';
import { messageOf } from '../../lib/errors.js';

/** What a server answered, or why it did not. */
export interface Reply {
  /** 0 where there was no answer. */
  readonly status: number;
  /** Of JSON; undefined where it is none. */
  readonly json: unknown;
  /** The answer's text, or why there was none, in one short line. */
  readonly text: string;
}

const PATIENCE = 5000;
const LONGEST = 200;

/** A server that is asked over HTTP. */
export class Peer {
  /** Without a slash at the end. */
  readonly url: string;
  /** Milliseconds by which its clock, as its answers tell, is ahead of ours; unknown before the first. */
  ahead: number | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(
    url: string,
    clock: Pick<Clock, 'now'>,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.url = url;
    this.#clock = clock;
    this.#headers = headers;
  }

  /** Never rejects. */
  async get(path: string): Promise<Reply> {
    try {
      const response = await fetch(this.url + path, {
        headers: { accept: 'application/json', ...this.#headers },
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE),
      });
      const date = Date.parse(response.headers.get('date') ?? '');
      // It tells whole seconds, cut off.
      if (!Number.isNaN(date)) this.ahead = date + 500 - this.#clock.now();
      const body = await response.text();
      return { status: response.status, json: parsed(body), text: inShort(body) };
    } catch (thrown) {
      return { status: 0, json: undefined, text: inShort(reasonOf(thrown)) };
    }
  }
}

/** `fetch failed` says less than its cause. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof Error && thrown.name === 'TimeoutError') {
    return `no answer within ${PATIENCE / 1000} s`;
  }
  return messageOf(thrown instanceof Error ? (thrown.cause ?? thrown) : thrown);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const inShort = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, LONGEST);

/** A field of JSON of which nothing is known; undefined where it is not there. */
export function field(json: unknown, ...path: readonly (string | number)[]): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** The entries of a list; none where it is no list. */
export const list = (json: unknown): readonly unknown[] => (Array.isArray(json) ? json : []);

/** A text; what it is otherwise where it is none. */
export const text = (json: unknown, otherwise = ''): string =>
  typeof json === 'string' && json !== '' ? json : otherwise;
