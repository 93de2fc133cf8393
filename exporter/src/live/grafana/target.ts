import type { Clock, Timer } from '../../lib/clock.js';
import { KymoError, messageOf } from '../../lib/errors.js';
import type { Logger } from '../../lib/logger.js';

/** How the exporter makes itself known to a Grafana: a service account with role Editor is enough. */
export type GrafanaCredentials =
  { readonly token: string } | { readonly username: string; readonly password: string };

export interface GrafanaTargetOptions {
  /** Root of Grafana, with the path below which it is served, if any. */
  readonly url: string;
  readonly credentials?: GrafanaCredentials;
  /** Name of the stream: letters, digits, `_` and `-`; `kymo` by default. */
  readonly stream?: string;
  /** Ticks whose samples may wait; 60 by default. */
  readonly maxQueue?: number;
  /** Milliseconds until a request is given up; 5,000 by default. */
  readonly timeout?: number;
}

export interface GrafanaTargetContext {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Evenly distributed in [0, 1). */
  readonly random: () => number;
}

/** Counts are of samples. */
export interface GrafanaTargetStats {
  readonly url: string;
  readonly stream: string;
  readonly pushed: number;
  /** Refused by Grafana. */
  readonly failed: number;
  /** Given up because they waited for too long. */
  readonly dropped: number;
  /** Requests that failed, whatever became of their samples. */
  readonly failures: number;
  /** Ticks that wait. */
  readonly queued: number;
  /** Seconds from the tick of the newest sample to Grafana's answer; `undefined` before the first. */
  readonly lag: number | undefined;
  /** What is wrong now. */
  readonly error: string | undefined;
}

/** The samples of one tick, or of several that waited. */
export interface Batch {
  /** Unix milliseconds. */
  readonly time: number;
  readonly lines: readonly string[];
}

/** What came of a request. */
interface Outcome {
  /** `refused`: sending the same again would come to the same. */
  readonly kind: 'pushed' | 'refused' | 'unreachable';
  readonly error?: string;
  /** Milliseconds that Grafana asks to wait. */
  readonly retryAfter?: number;
}

const FIRST_BACKOFF = 250;
// Pushing shall go on within 10 s after Grafana is back.
const MOST_BACKOFF = 5000;
const MOST_LINES = 20_000;

/**
 * Pushes samples to one Grafana: one request at a time, what comes meanwhile waits and goes together
 * in the next. After a failure it waits a random time of up to 250 ms, twice that after the next and
 * so on up to 5 s. Nothing here is ever waited for by the tick.
 */
export class GrafanaTarget {
  readonly #address: string;
  readonly #stream: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #maxQueue: number;
  readonly #timeout: number;
  readonly #context: GrafanaTargetContext;
  #queue: Batch[] = [];
  #busy = false;
  #timer: Timer | undefined;
  #failures = 0;
  #stopped = false;
  #abort: AbortController | undefined;
  #pushed = 0;
  #failed = 0;
  #dropped = 0;
  #failedRequests = 0;
  #lag: number | undefined;
  #error: string | undefined;

  /** @throws KymoError `bad_grafana_url` */
  constructor(options: GrafanaTargetOptions, context: GrafanaTargetContext) {
    const { url, stream = 'kymo', maxQueue = 60, timeout = 5000 } = options;
    this.#address = `${rootOf(url)}/api/live/push/${stream}?gf_live_frame_format=labels_column`;
    this.#stream = stream;
    this.#headers = { 'content-type': 'text/plain; charset=utf-8', ...authorization(options) };
    this.#maxQueue = maxQueue;
    this.#timeout = timeout;
    this.#context = context;
  }

  get stats(): GrafanaTargetStats {
    return {
      url: new URL(this.#address).origin,
      stream: this.#stream,
      pushed: this.#pushed,
      failed: this.#failed,
      dropped: this.#dropped,
      failures: this.#failedRequests,
      queued: this.#queue.length,
      lag: this.#lag,
      error: this.#error,
    };
  }

  /** Takes the samples of a tick; returns at once. */
  push(batch: Batch): void {
    if (this.#stopped) return;
    this.#queue.push(batch);
    this.#trim();
    this.#next();
  }

  /** Gives up what waits, and the request that runs. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#context.clock.cancel(this.#timer);
    this.#queue = [];
    this.#abort?.abort();
  }

  #trim(): void {
    while (this.#queue.length > this.#maxQueue) {
      this.#dropped += this.#queue.shift()?.lines.length ?? 0;
    }
  }

  #next(): void {
    if (this.#busy || this.#timer !== undefined || this.#stopped) return;
    const taken = this.#take();
    if (taken.length === 0) return;
    this.#busy = true;
    // Whatever goes wrong is an outcome: it cannot reject.
    void this.#request(taken.flatMap(({ lines }) => lines).join('')).then((outcome) => {
      this.#busy = false;
      if (!this.#stopped) this.#settle(taken, outcome);
    });
  }

  /** As many ticks as make a request of reasonable size, and at least one. */
  #take(): Batch[] {
    let lines = 0;
    const end = this.#queue.findIndex((batch, i) => {
      lines += batch.lines.length;
      return i > 0 && lines > MOST_LINES;
    });
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end);
  }

  #settle(taken: readonly Batch[], { kind, error, retryAfter }: Outcome): void {
    const samples = taken.reduce((sum, { lines }) => sum + lines.length, 0);
    switch (kind) {
      case 'pushed':
        this.#pushed += samples;
        this.#failures = 0;
        this.#lag = (this.#context.clock.now() - taken[taken.length - 1].time) / 1000;
        this.#report(undefined);
        this.#next();
        return;
      case 'refused':
        this.#failed += samples;
        break;
      case 'unreachable':
        this.#queue.unshift(...taken);
        this.#trim();
        break;
    }
    this.#failedRequests++;
    this.#report(error);
    this.#backOff(retryAfter);
  }

  #backOff(retryAfter: number | undefined): void {
    const { clock, random } = this.#context;
    const most = Math.min(MOST_BACKOFF, FIRST_BACKOFF * 2 ** this.#failures);
    this.#failures++;
    const delay = Math.max(retryAfter ?? 0, random() * most);
    this.#timer = clock.schedule(() => {
      this.#timer = undefined;
      this.#next();
    }, delay);
  }

  async #request(body: string): Promise<Outcome> {
    const { clock } = this.#context;
    const abort = new AbortController();
    this.#abort = abort;
    const timer = clock.schedule(() => abort.abort(), this.#timeout);
    try {
      const response = await fetch(this.#address, {
        method: 'POST',
        headers: this.#headers,
        body,
        redirect: 'manual',
        signal: abort.signal,
      });
      // Read to its end, so that the connection can be used again.
      await response.arrayBuffer();
      return outcomeOf(response);
    } catch (thrown) {
      const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
      const reason = abort.signal.aborted
        ? `no answer within ${this.#timeout} ms`
        : messageOf(cause);
      return { kind: 'unreachable', error: `Grafana cannot be reached: ${reason}` };
    } finally {
      clock.cancel(timer);
    }
  }

  /** Logs what is wrong when it changes, and when it is over. */
  #report(error: string | undefined): void {
    if (error === this.#error) return;
    this.#error = error;
    const { url } = this.stats;
    if (error === undefined) this.#context.logger.info('Grafana takes live samples again', { url });
    else this.#context.logger.warn('Grafana does not take live samples', { url, error });
  }
}

function outcomeOf({ ok, status, headers }: Response): Outcome {
  if (ok) return { kind: 'pushed' };
  switch (status) {
    case 401:
    case 403:
      return {
        kind: 'refused',
        error: `Grafana answers ${status}: the token or password is wrong or lacks the role Editor; check the settings of grafana`,
      };
    case 429:
    case 502:
    case 503:
    case 504: {
      const seconds = Number(headers.get('retry-after') ?? 0);
      const retryAfter = seconds > 0 ? Math.min(60, seconds) * 1000 : undefined;
      return { kind: 'unreachable', error: `Grafana answers ${status}`, retryAfter };
    }
    default:
      return {
        kind: 'refused',
        error: `Grafana answers ${status}; check that the url of grafana is Grafana's root`,
      };
  }
}

function rootOf(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new KymoError(
      'bad_grafana_url',
      `"${text}" is not a URL; write for example http://grafana:3000`,
      { cause },
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new KymoError('bad_grafana_url', `"${text}" must begin with http:// or https://`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new KymoError(
      'bad_grafana_url',
      'a URL of grafana has no user; use username and password_file',
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function authorization({ credentials }: GrafanaTargetOptions): Record<string, string> {
  if (credentials === undefined) return {};
  if ('token' in credentials) return { authorization: `Bearer ${credentials.token}` };
  const { username, password } = credentials;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return { authorization: `Basic ${basic}` };
}
