import { uncompress } from 'snappyjs';
import { KymoError, messageOf } from '../../lib/errors.js';
import type { Head } from '../../series/head.js';
import { METRIC_NAME, type Labels } from '../../series/labels.js';
import type { SeriesId } from '../../series/reader.js';
import type { AppendResult, TimedSeries } from '../../series/timed-series.js';
import { decodeWriteRequest, type WrittenSeries } from './decode.js';

export interface WriteHeaders {
  readonly 'content-encoding'?: string;
  readonly 'content-type'?: string;
}

/** What became of a write request. */
export interface WriteOutcome {
  /** 204 where everything was taken; 400 or 415 where something was not, which sending again cannot mend. */
  readonly status: 204 | 400 | 413 | 415;
  /** What was refused and why; `''` with 204. */
  readonly message: string;
}

// As Prometheus words them (storage/interface.go).
const REASONS: Readonly<Record<Exclude<AppendResult, 'ok'>, string>> = {
  out_of_order: 'out of order sample',
  duplicate: 'duplicate sample for timestamp',
  too_old: 'out of bounds',
  too_new: 'out of bounds',
  limit: 'a limit of the exporter is reached; see kymo_dropped_samples_total',
};

/**
 * Receives remote write 1.0: whatever any Prometheus, Agent or test sends goes into the head with the
 * times it has. Good samples of a request are kept though others are refused.
 * Source: https://prometheus.io/docs/specs/prw/remote_write_spec/
 */
export class RemoteWriteReceiver {
  readonly #head: Head;
  readonly #series: TimedSeries;
  readonly #limit: number;
  /** Ids by labels as they stand in requests, which repeat themselves. */
  readonly #known = new Map<string, SeriesId>();
  #removals = 0;

  /** @param limit bytes that a request may have once it is uncompressed */
  constructor(head: Head, limit: number) {
    this.#head = head;
    this.#series = head.timed('remote_write');
    this.#limit = limit;
  }

  receive(body: Buffer, headers: WriteHeaders): WriteOutcome {
    const encoding = headers['content-encoding'] ?? 'snappy';
    if (encoding !== 'snappy') {
      return { status: 415, message: `Content-Encoding must be snappy, not ${encoding}` };
    }
    if (/proto=io\.prometheus\.write\.v2/.test(headers['content-type'] ?? '')) {
      return {
        status: 415,
        message: 'remote write 2.0 is not taken; send 1.0 (prometheus.WriteRequest)',
      };
    }
    let request;
    try {
      request = decodeWriteRequest(this.#uncompress(body));
    } catch (thrown) {
      if (!(thrown instanceof KymoError)) throw thrown;
      return { status: thrown.code === 'too_large' ? 413 : 400, message: thrown.message };
    }
    for (const metadata of request.metadata) this.#head.setMetadata(metadata);
    // An id that was removed may name another series by now.
    if (this.#series.removals !== this.#removals) this.#known.clear();
    this.#removals = this.#series.removals;
    const refused = new Map<string, Refusal>();
    for (const series of request.series) this.#append(series, refused);
    if (refused.size === 0) return { status: 204, message: '' };
    const parts = [...refused].map(
      ([reason, { count, first }]) => `${reason} (${count} refused, the first of ${first})`,
    );
    return { status: 400, message: parts.join('; ') };
  }

  #uncompress(body: Buffer): Uint8Array {
    if (body.length === 0) throw new KymoError('bad_snappy', 'the body is empty');
    // The length that the block claims comes first, and is checked before any memory is taken.
    const length = claimedLength(body);
    if (length > this.#limit) {
      throw new KymoError(
        'too_large',
        `the body is ${length} bytes uncompressed, over the limit of ${this.#limit} (http.body_limit)`,
      );
    }
    try {
      return uncompress(body, this.#limit);
    } catch (cause) {
      throw new KymoError(
        'bad_snappy',
        `the body is not snappy (block format): ${messageOf(cause)}`,
        {
          cause,
        },
      );
    }
  }

  #append(written: WrittenSeries, refused: Map<string, Refusal>): void {
    const key = written.labels.join('\uffff');
    let id = this.#known.get(key);
    if (id === undefined || !this.#series.has(id)) {
      const labels = labelsOf(written.labels);
      if (typeof labels === 'string') {
        refuse(refused, labels, key);
        return;
      }
      const { [METRIC_NAME]: metric, ...rest } = labels;
      id = this.#series.series(metric, rest);
      if (id === undefined) {
        refuse(refused, REASONS.limit, metric);
        return;
      }
      if (this.#known.size > 2 * this.#head.limits.limit) this.#known.clear();
      this.#known.set(key, id);
    }
    for (const { time, value, stale } of written.samples) {
      const result = this.#series.append(id, time, stale ? 'stale' : value);
      if (result !== 'ok') refuse(refused, REASONS[result], metricOf(written));
    }
    for (const { time, histogram, stale } of written.histograms) {
      const result = this.#series.append(id, time, stale ? 'stale' : histogram);
      if (result !== 'ok') refuse(refused, REASONS[result], metricOf(written));
    }
  }
}

interface Refusal {
  count: number;
  readonly first: string;
}

function refuse(refused: Map<string, Refusal>, reason: string, series: string): void {
  const known = refused.get(reason);
  if (known === undefined) refused.set(reason, { count: 1, first: series });
  else known.count++;
}

function metricOf({ labels }: WrittenSeries): string {
  const at = labels.indexOf(METRIC_NAME);
  return at < 0 ? '?' : labels[at + 1];
}

/** The labels, or what is wrong with them. */
function labelsOf(pairs: readonly string[]): Labels | string {
  const labels: Record<string, string> = {};
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i];
    if (name === '') return 'a label without a name';
    if (Object.hasOwn(labels, name)) return `label name "${name}" is not unique`;
    labels[name] = pairs[i + 1];
  }
  if ((labels[METRIC_NAME] ?? '') === '') return 'a series without a metric name';
  return labels;
}

/** The length at the start of a snappy block, a varint of at most five bytes. */
function claimedLength(body: Buffer): number {
  let length = 0;
  for (let i = 0; i < Math.min(5, body.length); i++) {
    length += (body[i] & 127) * 2 ** (7 * i);
    if (body[i] < 128) return length;
  }
  throw new KymoError('bad_snappy', 'the body is not snappy: it does not begin with a length');
}
