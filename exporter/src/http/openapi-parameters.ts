import type { BodyName } from '@kymo/contract';
import { EXPORT_FORMATS } from '../analysis/tasks/export.js';

/** A parameter of a route's query string. */
interface QueryParameter {
  readonly type: 'string' | 'number' | 'integer';
  readonly description: string;
  readonly required?: boolean;
  readonly many?: boolean;
  readonly words?: readonly string[];
}

const expr = { type: 'string', description: 'A PromQL expression.', required: true } as const;
const query = { ...expr };
const TIME = 'Unix seconds or RFC 3339';
const match = { type: 'string', description: 'A series selector.', many: true } as const;
const limit = { type: 'integer', description: 'Answers at most.' } as const;

const span = {
  start: { type: 'string', description: `${TIME}; 15 minutes before the end by default.` },
  end: { type: 'string', description: `${TIME}; now by default.` },
} as const;
const range = {
  ...span,
  step: {
    type: 'string',
    description:
      'Seconds or a duration such as `15s`; by default so that there are 1,000 points at most.',
  },
} as const;
const between = {
  start: { type: 'string', description: TIME },
  end: { type: 'string', description: TIME },
} as const;
const lookup = { ...between, 'match[]': match, limit } as const;

/** Parameters in the query string, by route. */
export const queryParameters: Readonly<Record<string, Readonly<Record<string, QueryParameter>>>> = {
  '/federate': { 'match[]': { ...match, required: true } },
  '/api/alerts/history': {
    ...between,
    fingerprint: { type: 'string', description: 'Of one alert.' },
    limit,
  },
  '/api/metrics/current': {
    expr: { ...expr, required: false, description: 'PromQL; the key figures by default.' },
    since: { type: 'string', description: 'A time, or the ETag of an earlier answer.' },
  },
  '/api/metrics/anomalies': { expr, ...range },
  '/api/metrics/history': {
    expr,
    ...span,
    granularity: {
      type: 'string',
      description: 'Length of a bucket; `minute` by default.',
      words: ['minute', 'hour', 'day'],
    },
  },
  '/api/metrics/heatmap': { expr, ...range },
  '/api/metrics/statistics': { expr, ...range },
  '/api/metrics/forecast': {
    expr,
    ...range,
    horizon: { type: 'string', description: 'A duration; a quarter of the range by default.' },
    level: { type: 'number', description: 'Share of values within the interval; 0.95 by default.' },
    method: { type: 'string', description: 'One method; the best are combined by default.' },
    until: { type: 'number', description: 'A threshold: when it is reached is answered.' },
  },
  '/api/metrics/correlations': {
    expr: { ...expr, description: 'PromQL that yields one series.' },
    ...range,
    match: { type: 'string', description: 'Selector of what is compared; all by default.' },
    lag: {
      type: 'string',
      description: 'How much one may come before the other; 10 steps by default.',
    },
    limit,
  },
  '/api/metrics/insights': {
    expr: { ...expr, required: false, description: 'PromQL; the key figures by default.' },
    ...range,
    unit: { type: 'string', description: '`seconds`, `bytes`, `ratio` or any word.' },
    threshold: { type: 'number', description: 'What should not be reached.' },
    limit,
  },
  '/api/metrics/summary': { ...range, limit },
  '/api/metrics/export': {
    expr,
    ...range,
    format: { type: 'string', description: '`csv` by default.', words: EXPORT_FORMATS },
    name: { type: 'string', description: 'Name in OpenMetrics of series that have none.' },
  },
  '/api/v1/query': { query, time: { type: 'string', description: TIME }, limit },
  '/api/v1/query_range': {
    query,
    start: { ...between.start, required: true },
    end: { ...between.end, required: true },
    step: { type: 'string', description: 'Seconds or a duration.', required: true },
    limit,
  },
  '/api/v1/query_exemplars': { query, ...between },
  '/api/v1/series': { ...lookup, 'match[]': { ...match, required: true } },
  '/api/v1/labels': lookup,
  '/api/v1/label/:name/values': lookup,
  '/api/v1/format_query': { query },
  '/api/v1/metadata': { metric: { type: 'string', description: 'Of one metric.' }, limit },
};

/** The `data` of answers, or whole answers that have no envelope, and bodies of requests. */
export const bodies: Readonly<
  Record<string, { data?: BodyName; whole?: BodyName; request?: BodyName }>
> = {
  '/api/health': { whole: 'Health' },
  '/api/stats': { whole: 'Stats' },
  '/api/metrics/anomalies': { data: 'AnomaliesAnswer' },
  '/api/metrics/history': { data: 'HistoryAnswer' },
  '/api/metrics/heatmap': { data: 'HeatmapAnswer' },
  '/api/metrics/statistics': { data: 'StatisticsAnswer' },
  '/api/metrics/forecast': { data: 'ForecastAnswer' },
  '/api/metrics/correlations': { data: 'CorrelationsAnswer' },
  '/api/metrics/insights': { data: 'InsightsAnswer' },
  '/api/metrics/summary': { data: 'SummaryAnswer' },
  '/api/alerts/summary': { whole: 'AlertSummaryAnswer' },
  '/api/alerts/:fingerprint/acknowledge': { request: 'AcknowledgeRequest' },
  '/api/rules': { request: 'RuleRequest' },
  '/api/rules/:id': { request: 'RuleRequest' },
  '/api/rules/test': { request: 'RuleTestRequest' },
  '/api/simulate': { request: 'SimulateRequest' },
};
