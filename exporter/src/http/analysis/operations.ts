import { EXPORT_FORMATS } from '../../analysis/tasks/export.js';
import { KymoError } from '../../lib/errors.js';
import type { Answer } from '../dependencies.js';
import { earlierRanges } from './earlier.js';
import { heatmap } from './heatmap.js';
import { insights, summary } from './insights.js';
import { bufferOf, type Question } from './question.js';

/** Points that are scored before the range, so that its first ones are not judged by nothing. */
const LEAD = 600;
/** Points that may be forecast. */
const MAX_HORIZON = 1000;

async function anomalies(question: Question): Promise<Answer> {
  const { expr, options } = question;
  const grid = question.grid();
  const lead = Math.max(0, Math.min(LEAD, options.limits.maxPoints - grid.length));
  const start = grid.start - lead * grid.step;
  const body = await question.range(expr, { ...grid, start, length: grid.length + lead });
  return question.answer('anomalies', { body, start: grid.start / 1000 });
}

async function statistics(question: Question): Promise<Answer> {
  const { expr } = question;
  const grid = question.grid();
  const [body, earlier] = await Promise.all([
    question.range(expr, grid),
    earlierRanges(question, expr, grid),
  ]);
  return question.answer('statistics', { grid, body, earlier });
}

async function forecast(question: Question): Promise<Answer> {
  const { expr, parameters } = question;
  const grid = question.grid();
  const asked = parameters.has('horizon')
    ? Math.ceil(parameters.duration('horizon') / grid.step)
    : Math.ceil(grid.length / 4);
  const horizon = Math.min(asked, parameters.has('horizon') ? Infinity : MAX_HORIZON);
  if (!(horizon >= 1 && horizon <= MAX_HORIZON)) {
    throw new KymoError(
      'bad_data',
      `invalid parameter "horizon": ${horizon} points of ${grid.step / 1000} s; from 1 to ${MAX_HORIZON} are forecast, so choose another horizon or a longer step`,
    );
  }
  const level = question.number('level', { fallback: 0.95, min: 0.01, max: 0.999 });
  const until = question.number('until', {
    fallback: NaN,
    min: -Number.MAX_VALUE,
    max: Number.MAX_VALUE,
  });
  return question.answer('forecast', {
    grid,
    body: await question.range(expr, grid),
    horizon,
    level,
    ...(parameters.has('method') ? { method: parameters.text('method') } : {}),
    ...(Number.isNaN(until) ? {} : { until }),
  });
}

const CONTENT_TYPES = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;
const ENDINGS = { csv: 'csv', json: 'json', openmetrics: 'om' } as const;

async function exportFile(question: Question): Promise<Answer> {
  const { expr, parameters, options } = question;
  const format = question.word('format', EXPORT_FORMATS, 'csv');
  const grid = question.grid({ points: options.limits.maxPoints });
  const name = parameters.has('name') ? parameters.text('name') : 'kymo_export';
  const { body } = await options.analysis.run(
    'export',
    { body: await question.range(expr, grid), format, name },
    question.signal,
  );
  const moment = new Date(grid.start).toISOString().slice(0, 19).replace(/[-:]/g, '');
  const file = `${fileName(expr)}-${moment}Z.${ENDINGS[format]}`;
  return {
    status: 200,
    headers: {
      'Content-Type': CONTENT_TYPES[format],
      'Content-Disposition': `attachment; filename="${file}"`,
      'Cache-Control': 'no-store',
    },
    body: bufferOf(body),
  };
}

/** What of an expression may stand in the name of a file. */
function fileName(expr: string): string {
  const words = expr.replace(/[^a-zA-Z0-9_]+/g, '-').replace(/^-+|-+$/g, '');
  return words === '' ? 'kymo' : words.slice(0, 60);
}

/** What `/api/metrics/<name>` answers with from values of expressions; `history` also knows the store. */
export const operations = {
  anomalies,
  export: exportFile,
  forecast,
  heatmap,
  insights,
  statistics,
  summary,
} satisfies Readonly<Record<string, (question: Question) => Promise<Answer>>>;
