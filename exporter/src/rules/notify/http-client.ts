import { KymoError, messageOf } from '../../lib/errors.js';
import { RejectedError, UnavailableError } from './notifier.js';

/** How to authenticate. */
export type HttpAuth =
  { readonly username: string; readonly password: string } | { readonly bearer: string };

export interface HttpTarget {
  /** `http:` or `https:`. A user and password in it are used as basic authentication. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: HttpAuth;
}

export interface HttpRequest {
  readonly method: 'POST' | 'DELETE';
  /** Appended to the path of the target. */
  readonly path?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

const MAX_ANSWER = 64 * 1024;
const MAX_QUOTED = 300;
/** The message itself is at fault. Whatever else is answered may be mended at the receiver. */
const REJECTING = new Set([400, 413, 415, 422]);

/** Sends requests to one address and judges the answers. */
export class HttpClient {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws KymoError `bad_url` */
  constructor({ url, headers = {}, auth }: HttpTarget) {
    const base = URL.canParse(url) ? new URL(url) : undefined;
    if (base === undefined || !/^https?:$/.test(base.protocol)) {
      throw new KymoError('bad_url', `"${url}" is no address; write for example http://host:9093`);
    }
    const written: HttpAuth | undefined =
      base.username === ''
        ? undefined
        : {
            username: decodeURIComponent(base.username),
            password: decodeURIComponent(base.password),
          };
    // fetch refuses addresses with a user.
    base.username = '';
    base.password = '';
    this.#base = base;
    this.#headers = { ...headers, ...authorization(auth ?? written) };
  }

  /** Host, port and path: what the target is called, without secrets. */
  get address(): string {
    return this.#base.host + this.#base.pathname.replace(/\/$/, '');
  }

  /**
   * Resolves with the beginning of the answer's body.
   * @throws RejectedError where the message is at fault; UnavailableError for everything else
   */
  async send({ method, path = '', body, contentType, signal }: HttpRequest): Promise<string> {
    const url = new URL(this.#base);
    url.pathname = url.pathname.replace(/\/$/, '') + path;
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
          ...this.#headers,
        },
        ...(body === undefined ? {} : { body }),
        // A redirected POST becomes a GET, whose success would mean nothing.
        redirect: 'manual',
        signal,
      });
    } catch (thrown) {
      throw new UnavailableError(`${this.address}: ${reasonOf(thrown)}`, 0, { cause: thrown });
    }
    const answer = await beginningOf(response).catch(() => '');
    if (response.ok) return answer;
    throw this.#failure(response, answer);
  }

  #failure({ status, headers }: Response, answer: string): KymoError {
    const quoted = answer.trim().slice(0, MAX_QUOTED);
    let message = `${this.address} answered ${status}${quoted === '' ? '' : `: ${quoted}`}`;
    if (REJECTING.has(status)) return new RejectedError(message);
    if (status >= 300 && status < 400) {
      message += `; it redirects to ${headers.get('location') ?? 'elsewhere'}, give that address`;
    } else if (status === 401 || status === 403) message += '; check the credentials';
    return new UnavailableError(message, retryAfterOf(headers.get('retry-after')));
  }
}

function authorization(auth: HttpAuth | undefined): Record<string, string> {
  if (auth === undefined) return {};
  if ('bearer' in auth) return { authorization: `Bearer ${auth.bearer}` };
  const credentials = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
  return { authorization: `Basic ${credentials}` };
}

/** Milliseconds of a `Retry-After` in seconds; a date is not honoured. At most 10 minutes. */
function retryAfterOf(value: string | null): number {
  return value !== null && /^\d{1,6}$/.test(value) ? Math.min(Number(value) * 1000, 600_000) : 0;
}

/** fetch says only "fetch failed"; why is in the cause. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return messageOf(cause ?? thrown) || 'cannot be reached';
}

async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_ANSWER) break;
  }
  return Buffer.concat(chunks).toString();
}
