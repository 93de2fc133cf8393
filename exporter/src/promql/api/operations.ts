import type { LabelSet } from '../../series/labels.js';
import type { Matcher } from '../../series/matcher.js';
import type { SeriesId, SeriesReader } from '../../series/reader.js';
import { SampleBuffer } from '../../series/samples.js';
import {
  evaluateInstant,
  evaluateRange,
  type EngineOptions,
  type Evaluation,
  type ParsedQuery,
} from '../engine.js';
import type { ResultEncoder } from '../encode.js';
import { BadRequestError } from '../errors.js';
import { formatQuery } from '../format.js';
import { formatSampleValue } from '../number-format.js';
import { parseSeriesSelector } from '../parse.js';
import type { QueryResult } from '../result.js';
import type { Histories } from '../run.js';
import { success, type Notes } from './envelope.js';
import type { QueryParameters } from './parameters.js';

/** What a query may cost. */
export interface QueryLimits {
  /** Milliseconds; also what `timeout` may ask for at most. */
  readonly timeout: number;
  /** Samples that a query may hold at a time. */
  readonly maxSamples: number;
  /** Samples that a query may read in all. */
  readonly maxSamplesRead: number;
  /** Points of each series of a range query. */
  readonly maxPoints: number;
  /** Milliseconds that a sample stays current where a query does not say. */
  readonly lookback: number;
}

export interface OperationContext {
  readonly reader: SeriesReader;
  readonly parameters: QueryParameters;
  readonly limits: QueryLimits;
  /** Kept between requests, since it remembers label sets. */
  readonly encoder: ResultEncoder;
  /** Unix milliseconds at which the request came. */
  readonly now: number;
  /** Milliseconds on a clock that never goes back. */
  readonly monotonic: () => number;
  readonly cancelled: () => boolean;
  /** The parameter `query`, where it has been parsed already. */
  readonly query?: ParsedQuery;
  /** Of the selectors of `query` that reach beyond the head. */
  readonly histories?: Histories;
  /** Whether history has samples of a series in the time that is asked for. */
  readonly isInHistory?: (id: SeriesId) => boolean;
}

export interface OperationAnswer {
  readonly contentType: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json';
const json = (body: string): OperationAnswer => ({ contentType: JSON_TYPE, body });

/**
 * The operations of the Prometheus HTTP API that read series: each takes parameters and yields a
 * whole answer. They run in the query worker.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export const operations = {
  query(context: OperationContext): OperationAnswer {
    const { parameters, reader } = context;
    const time = parameters.time('time', context.now);
    const limit = parameters.limit('limit');
    return evaluated(context, limit, (options) =>
      evaluateInstant(queryOf(context), reader, { ...options, time }),
    );
  },

  query_range(context: OperationContext): OperationAnswer {
    const { parameters, reader, limits } = context;
    const start = parameters.time('start');
    const end = parameters.time('end');
    if (end < start) {
      throw new BadRequestError(
        'invalid parameter "end": end timestamp must not be before start time',
      );
    }
    const step = parameters.duration('step');
    if (step <= 0) {
      throw new BadRequestError(
        'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
      );
    }
    const limit = parameters.limit('limit');
    const range = { start, end, step, maxSteps: limits.maxPoints };
    return evaluated(context, limit, (options) =>
      evaluateRange(queryOf(context), reader, { ...options, ...range }),
    );
  },

  format_query({ parameters }: OperationContext): OperationAnswer {
    return json(success(JSON.stringify(formatQuery(parameters.text('query')))));
  },

  series(context: OperationContext): OperationAnswer {
    const { parameters, reader, encoder } = context;
    if (parameters.all('match[]').length === 0) {
      throw new BadRequestError('no match[] parameter provided');
    }
    const ids = selected(context);
    const { kept, notes } = limited(ids, parameters.limit('limit'));
    return json(
      success(`[${kept.map((id) => encoder.labels(reader.labels(id))).join(',')}]`, notes),
    );
  },

  labels(context: OperationContext): OperationAnswer {
    const names = new Set<string>();
    const ids = selectedOrAll(context);
    if (ids === undefined) for (const name of context.reader.labelNames()) names.add(name);
    else for (const id of ids) for (const name of context.reader.labels(id).names) names.add(name);
    return strings([...names].sort(), context);
  },

  /** `name` is the parameter that the path carries. */
  label_values(context: OperationContext): OperationAnswer {
    const { parameters, reader } = context;
    const name = parameters.text('name');
    const ids = selectedOrAll(context);
    if (ids === undefined) return strings(reader.labelValues(name), context);
    const values = new Set<string>();
    for (const id of ids) {
      const value = reader.labels(id).get(name);
      if (value !== '') values.add(value);
    }
    return strings([...values].sort(), context);
  },

  /** The newest sample of each series, in text format 0.0.4 with its time. */
  federate(context: OperationContext): OperationAnswer {
    const { parameters, reader, now, limits } = context;
    if (parameters.all('match[]').length === 0) {
      throw new BadRequestError('no match[] parameter provided');
    }
    const buffer = new SampleBuffer();
    const lines = new Map<string, string>();
    for (const id of selected(context)) {
      buffer.clear();
      reader.read(id, now - limits.lookback, now, buffer);
      const last = buffer.length - 1;
      if (last < 0 || buffer.isStale(last) || buffer.histograms?.[last] !== undefined) continue;
      const labels = reader.labels(id);
      const name = labels.metricName;
      const value = formatSampleValue(buffer.values[last]);
      const line = `${federatedName(labels)} ${value} ${buffer.times[last]}\n`;
      lines.set(name, (lines.get(name) ?? '') + line);
    }
    let body = '';
    for (const [name, text] of [...lines].sort(([a], [b]) => (a < b ? -1 : 1))) {
      // As Prometheus: what is federated may be part of a family only, so its type is not told.
      body += `# TYPE ${name} untyped\n${text}`;
    }
    return { contentType: 'text/plain; version=0.0.4; charset=utf-8', body };
  },
} satisfies Readonly<Record<string, (context: OperationContext) => OperationAnswer>>;

export type OperationName = keyof typeof operations;

function federatedName(labels: LabelSet): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (labels.names[i] === '__name__') continue;
    const value = labels.values[i].replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
    pairs.push(`${labels.names[i]}="${value}"`);
  }
  return pairs.length === 0 ? labels.metricName : `${labels.metricName}{${pairs.join(',')}}`;
}

function queryOf({ query, parameters }: OperationContext): ParsedQuery | string {
  return query ?? parameters.text('query');
}

function evaluated(
  context: OperationContext,
  limit: number,
  evaluate: (options: EngineOptions) => Evaluation,
): OperationAnswer {
  const { parameters, limits, encoder, monotonic, cancelled, histories } = context;
  const started = monotonic();
  const asked = parameters.has('timeout') ? parameters.duration('timeout') : Infinity;
  const { result, warnings, infos, stats } = evaluate({
    lookback: parameters.has('lookback_delta')
      ? parameters.duration('lookback_delta')
      : limits.lookback,
    maxSamples: limits.maxSamples,
    maxSamplesRead: limits.maxSamplesRead,
    deadline: started + Math.min(asked, limits.timeout),
    now: monotonic,
    cancelled,
    ...(histories && { histories }),
  });
  const cut = truncated(result, limit);
  const elapsed = (monotonic() - started) / 1000;
  let data = encoder.encode(cut.result);
  if (parameters.has('stats')) {
    const figures = JSON.stringify({
      timings: {
        evalTotalTime: elapsed,
        resultSortTime: 0,
        queryPreparationTime: 0,
        innerEvalTime: elapsed,
        execQueueTime: 0,
        execTotalTime: elapsed,
      },
      samples: {
        totalQueryableSamples: stats.samplesConsidered,
        peakSamples: stats.peakSamples,
      },
    });
    data = `${data.slice(0, -1)},"stats":${figures}}`;
  }
  return json(success(data, { warnings: [...warnings, ...cut.warnings], infos }));
}

const TRUNCATED = 'results truncated due to limit';

function truncated(
  result: QueryResult,
  limit: number,
): { result: QueryResult; warnings: readonly string[] } {
  if (limit > 0 && result.type === 'vector' && result.samples.length > limit) {
    const samples = result.samples.slice(0, limit);
    return { result: { ...result, samples }, warnings: [TRUNCATED] };
  }
  if (limit > 0 && result.type === 'matrix' && result.series.length > limit) {
    const series = result.series.slice(0, limit);
    return { result: { ...result, series }, warnings: [TRUNCATED] };
  }
  return { result, warnings: [] };
}

function limited<T>(all: readonly T[], limit: number): { kept: readonly T[]; notes: Notes } {
  const isCut = limit > 0 && all.length > limit;
  return {
    kept: isCut ? all.slice(0, limit) : all,
    notes: { warnings: isCut ? [TRUNCATED] : [], infos: [] },
  };
}

function strings(all: readonly string[], { parameters }: OperationContext): OperationAnswer {
  const { kept, notes } = limited(all, parameters.limit('limit'));
  return json(success(JSON.stringify(kept), notes));
}

/**
 * Series of any of the `match[]` selectors with a sample between `start` and `end`, ascending and
 * each once.
 */
function selected(context: OperationContext): SeriesId[] {
  const { parameters, reader } = context;
  const from = parameters.time('start', -Infinity);
  const to = parameters.time('end', Infinity);
  const sets = parameters.all('match[]').map((text) => parseSeriesSelector(text));
  return inRange(select(reader, sets), context, { from, to });
}

function selectedOrAll(context: OperationContext): SeriesId[] | undefined {
  const { parameters } = context;
  const isBounded = parameters.has('start') || parameters.has('end');
  if (parameters.all('match[]').length > 0) return selected(context);
  if (!isBounded) return undefined;
  const from = parameters.time('start', -Infinity);
  const to = parameters.time('end', Infinity);
  return inRange(context.reader.select([]), context, { from, to });
}

function select(reader: SeriesReader, sets: readonly (readonly Matcher[])[]): SeriesId[] {
  if (sets.length === 1) return reader.select(sets[0]);
  const ids = new Set<SeriesId>();
  for (const matchers of sets) for (const id of reader.select(matchers)) ids.add(id);
  return [...ids].sort((a, b) => a - b);
}

function inRange(
  ids: SeriesId[],
  { reader, isInHistory }: OperationContext,
  { from, to }: { from: number; to: number },
): SeriesId[] {
  // Most clients ask up to now; only where the range ends before the newest sample can a series that
  // is in the index have none in it, or where it begins after some have ended.
  if (from === -Infinity && to >= reader.maxTime) return ids;
  const buffer = new SampleBuffer();
  return ids.filter((id) => {
    if (isInHistory?.(id) === true) return true;
    buffer.clear();
    reader.read(id, from, to, buffer);
    return buffer.length > 0;
  });
}
