import { KymoError } from '../lib/errors.js';
import { errorAnswer } from '../promql/api/answer.js';

export interface CurrentOptions {
  /** Names this run of the exporter, as in live streams. */
  readonly epoch: string;
  /** Milliseconds. */
  readonly tick: number;
  /**
   * Evaluates an expression at a time (Unix ms) and answers as `/api/v1/query`. Never rejects.
   */
  readonly evaluate: (expr: string, time: number) => Promise<Evaluated>;
  /** Bytes of answers that are kept until the next tick; 16 MiB by default. */
  readonly maxBytes?: number;
}

interface Evaluated {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

interface CurrentRequest {
  /** PromQL; the key figures where it is left out. */
  readonly expr?: string;
  /** Only what is newer is answered: a time (Unix ms), or the position of an earlier answer. */
  readonly since?: number | { readonly epoch: string; readonly seq: number };
  /** The header `If-None-Match`. */
  readonly ifNoneMatch?: string;
}

interface CurrentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The values of an expression at one tick. */
interface Kept extends CurrentAnswer {
  readonly seq: number;
}

interface Entry {
  /** The tick it was evaluated at. */
  readonly seq: number;
  readonly answer: Promise<Kept>;
  /** `undefined` while it is being evaluated. */
  bytes: number | undefined;
}

const MAX_BYTES = 16 * 2 ** 20;
/** What an answer costs beside its body, so that small ones are bounded too. */
const OVERHEAD = 1024;
const SUCCESS = Buffer.from('{"status":"success",');
const NOTHING = Buffer.alloc(0);

/**
 * The newest values of expressions, for clients that poll. Equal expressions are evaluated once a tick
 * and their bytes kept until the next; what nobody asks for costs nothing.
 */
export class CurrentValues {
  readonly #options: CurrentOptions;
  readonly #keyFigures: string;
  /** By expression, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #time = 0;
  #seq = 0;

  constructor(options: CurrentOptions) {
    this.#options = options;
    this.#keyFigures = keyFigures(options.tick);
  }

  /**
   * Notes a tick; called at its end, when readers see its samples.
   * @param time Unix milliseconds
   * @param seq number of the tick on the grid
   */
  advance(time: number, seq: number): void {
    this.#time = time;
    this.#seq = seq;
    for (const [expr, { bytes }] of this.#entries) {
      if (bytes !== undefined) this.#forget(expr);
    }
  }

  /**
   * Answers 200 with the values, 304 where `ifNoneMatch` names them, 204 where `since` is not older,
   * or the error that `/api/v1/query` has. Never rejects on account of the request.
   */
  async answer({ expr, since, ifNoneMatch }: CurrentRequest): Promise<CurrentAnswer> {
    if (this.#seq === 0) return NOT_READY;
    const unchanged = this.#unchanged(this.#seq, { since, ifNoneMatch });
    if (unchanged !== undefined) return unchanged;
    const kept = await this.#evaluated(expr ?? this.#keyFigures);
    // Evaluated at an earlier tick, where the evaluation takes longer than one.
    return kept.status === 200 ? (this.#unchanged(kept.seq, { since, ifNoneMatch }) ?? kept) : kept;
  }

  #unchanged(
    seq: number,
    { since, ifNoneMatch }: Pick<CurrentRequest, 'since' | 'ifNoneMatch'>,
  ): CurrentAnswer | undefined {
    const headers = this.#headers(seq);
    if (ifNoneMatch !== undefined && matches(ifNoneMatch, headers.ETag)) {
      return { status: 304, headers, body: NOTHING };
    }
    if (since === undefined || this.#isNewer(seq, since)) return undefined;
    return { status: 204, headers, body: NOTHING };
  }

  #isNewer(seq: number, since: NonNullable<CurrentRequest['since']>): boolean {
    const { epoch, tick } = this.#options;
    if (typeof since === 'number') return seq * tick > since;
    // Numbers of another run may stand for other values.
    return since.epoch !== epoch || seq > since.seq;
  }

  #headers(seq: number): { ETag: string; 'Cache-Control': string } {
    return { ETag: `"${this.#options.epoch}.${seq}"`, 'Cache-Control': 'no-cache' };
  }

  /** One that is still being evaluated is waited for, so that a slow one is never asked for twice. */
  #evaluated(expr: string): Promise<Kept> {
    const known = this.#entries.get(expr);
    if (known !== undefined) return known.answer;
    const seq = this.#seq;
    const answer = this.#evaluate(expr, { seq, time: this.#time });
    const entry: Entry = { seq, answer, bytes: undefined };
    this.#entries.set(expr, entry);
    return answer.then((kept) => {
      this.#keep(expr, entry, kept);
      return kept;
    });
  }

  async #evaluate(expr: string, { seq, time }: { seq: number; time: number }): Promise<Kept> {
    const { status, contentType, body } = await this.#options.evaluate(expr, time);
    const headers = { 'Content-Type': contentType };
    if (status !== 200) {
      const noStore = { ...headers, 'Cache-Control': 'no-store' };
      return { seq, status, headers: noStore, body: Buffer.from(body) };
    }
    const position = `"epoch":"${this.#options.epoch}","seq":${seq},"time":${time},`;
    return {
      seq,
      status,
      headers: { ...headers, ...this.#headers(seq) },
      body: Buffer.concat([SUCCESS, Buffer.from(position), body.subarray(SUCCESS.length)]),
    };
  }

  #keep(expr: string, entry: Entry, { status, body }: Kept): void {
    const { maxBytes = MAX_BYTES } = this.#options;
    entry.bytes = expr.length + body.length + OVERHEAD;
    this.#bytes += entry.bytes;
    // The thread was too busy, or evaluated it for a tick that is over.
    if (status >= 499 || entry.seq !== this.#seq) this.#forget(expr);
    for (const [other, { bytes }] of this.#entries) {
      if (this.#bytes <= maxBytes) break;
      if (bytes !== undefined) this.#forget(other);
    }
  }

  #forget(expr: string): void {
    this.#bytes -= this.#entries.get(expr)?.bytes ?? 0;
    this.#entries.delete(expr);
  }
}

/** Whether an `If-None-Match` names an entity tag; the comparison is weak (RFC 9110, 13.1.2). */
function matches(header: string, etag: string): boolean {
  return header.split(',').some((part) => {
    const named = part.trim();
    return named === '*' || named === etag || named === `W/${etag}`;
  });
}

const NOT_READY: CurrentAnswer = (() => {
  const error = new KymoError('unavailable', 'the first tick is not done; try again in a moment');
  const { status, contentType, body } = errorAnswer(error);
  return { status, headers: { 'Content-Type': contentType }, body: Buffer.from(body) };
})();

/**
 * The key figures that recording rules compute; where there are none, their totals from the durations
 * and connections that the exporter measures itself, under the same names.
 * @param tick milliseconds
 */
function keyFigures(tick: number): string {
  const rules =
    '{__name__=~"kymo:(requests:rate|errors:ratio|latency_seconds:p(50|95|99|999)|connections:active)"}';
  // A rate needs two samples, also where one comes late.
  const window = `[${Math.max(10, Math.ceil((4 * tick) / 1000))}s]`;
  const duration = 'http_server_request_duration_seconds';
  const rate = (matchers: string): string => `sum(rate(${duration}_count${matchers}${window}))`;
  const errors = `(${rate('{http_response_status_code=~"5.."}')} or 0 * ${rate('')}) / ${rate('')}`;
  const quantile = (q: number): string =>
    `histogram_quantile(${q}, sum by (le) (rate(${duration}_bucket${window})))`;
  const figures: Readonly<Record<string, string>> = {
    'requests:rate': rate(''),
    'errors:ratio': errors,
    'latency_seconds:p50': quantile(0.5),
    'latency_seconds:p95': quantile(0.95),
    'latency_seconds:p99': quantile(0.99),
    'latency_seconds:p999': quantile(0.999),
    'connections:active': 'sum(kymo_connections{state="active"})',
  };
  const totals = Object.entries(figures)
    .map(([name, expr]) => `label_replace(${expr}, "__name__", "kymo:${name}", "", "")`)
    // Without `on`, all of them would be the same series, as `or` does not look at names.
    .join(' or on (__name__) ');
  return `${rules} or on (__name__) ((${totals}) unless on () group(${rules}))`;
}
