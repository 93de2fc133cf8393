import type { CorrelationsAnswer, InsightsAnswer } from '@kymo/contract';
import { describe, expect, test, vi } from 'vitest';
import { correlationFrames } from '../src/datasource/kinds/correlations.js';
import { insightsFrame } from '../src/datasource/kinds/insights.js';
import { shortNames } from '../src/datasource/kinds/short-names.js';
import { analysisOf } from '../src/panels/analysis/model.js';
import { momentIn } from '../src/panels/analysis/words.js';
import { spoken } from '../src/shared/sentence.js';

vi.mock('@grafana/data', () => import('./grafana-data.js'));

const range = { start: 0, end: 100, step: 1, omitted: 0 };
const HOUR = 3600;
type Insight = InsightsAnswer['insights'][number];
const level: Insight = {
  ...{ kind: 'level', severity: 'info', value: 1, unit: 'seconds', start: 0, end: 1 },
  expression: 'avg_over_time(kymo:p95[1m])',
  sentence: 'kymo:p95 is at another level since 1970-01-01 12:00 UTC: 2 s, 1 s before.',
  parts: [
    { series: 'kymo:p95' },
    ' is at another level since ',
    { time: 12 * HOUR },
    ': 2 s, 1 s before.',
  ],
  metric: { __name__: 'kymo:p95', job: 'a' },
};
const query = { refId: 'A', expr: 'kymo:p95{job="a"}' };
const sentenceOf = (insight: Insight, legend?: string): string => {
  const frame = insightsFrame({ ...range, insights: [insight] }, { ...query, legend });
  return String(frame.fields.find(({ name }) => name === 'Sentence')?.values[0]);
};

describe('a sentence about a series', () => {
  test('calls it as the legend does, also where a plain selector was asked', () => {
    expect(sentenceOf(level, 'Latency p95')).toBe(
      'Latency p95 is at another level since 1970-01-01 12:00:00 UTC: 2 s, 1 s before.',
    );
  });

  test('calls it as the exporter does where a legend says nothing and labels are longer', () => {
    expect(sentenceOf(level)).toMatch(/^kymo:p95 is at/);
    expect(sentenceOf(level, '{{zone}}')).toMatch(/^kymo:p95 is at/);
    const long = [{ series: 'sum by (job) (rate(something_very_long_total[1m])) (a)' }];
    expect(sentenceOf({ ...level, parts: long, metric: { job: 'a' } })).toBe('{job="a"}');
  });

  test('is as it came where an exporter tells no parts', () => {
    expect(sentenceOf({ ...level, parts: undefined }, 'Latency p95')).toBe(level.sentence);
  });

  test('has its times as the panel writes them', () => {
    const frame = insightsFrame({ ...range, insights: [level] }, { ...query, legend: 'p95' });
    const [{ sentence }] = analysisOf([frame]).findings;
    expect(spoken(sentence, (time) => `<${time}>`)).toBe(
      'p95 is at another level since <43200000>: 2 s, 1 s before.',
    );
    // Of a frame that lost what is beside its fields.
    const bare = { ...frame, meta: { custom: { part: 'insights' } } };
    expect(spoken(analysisOf([bare]).findings[0].sentence, String)).toContain('12:00:00 UTC');
  });
});

test('a time is told without its day where that is the last one shown, and without 0 seconds', () => {
  const at = (text: string): number => Date.parse(`2026-01-31T${text}Z`);
  const end = at('22:30:00');
  expect(momentIn('utc', at('09:15:00'), end)).toBe('09:15');
  expect(momentIn('utc', at('09:15:07'), end)).toBe('09:15:07');
  expect(momentIn('utc', at('09:15:00') - 24 * HOUR * 1000, end)).toBe('Jan 30, 09:15');
  expect(momentIn('Asia/Kolkata', at('09:15:00'), at('10:00:00'))).toBe('14:45');
});

describe('series that moved with another', () => {
  const named = (metric: Record<string, string>) => ({ metric, expression: 'x' });

  test('are called by what tells them apart', () => {
    const common = { job: 'shop', instance: 'vm' };
    const series = [
      named({ __name__: 'connections', ...common, state: 'idle', protocol: 'grpc' }),
      named({ __name__: 'handles', ...common }),
      named({ ...common, state: 'idle' }),
    ];
    expect(shortNames(series, {})).toEqual(['connections (grpc, idle)', 'handles', 'x']);
  });

  test('are called by label and value where values alone are the same', () => {
    const series = [named({ __name__: 'a', b: '1' }), named({ __name__: 'a', c: '1' })];
    expect(shortNames(series, {})).toEqual(['a (b=1)', 'a (c=1)']);
    const twice = [...series.slice(0, 1), ...series.slice(0, 1), named({ __name__: 'd' })];
    expect(shortNames(twice, {})).toEqual(['a (1)', 'a (1)', 'd']);
  });

  test('are called by what the one asked about has not where there is one only', () => {
    const one = [named({ __name__: 'a', job: 'shop', state: 'idle' })];
    expect(shortNames(one, { job: 'shop' })).toEqual(['a (idle)']);
    // Also where not every one of several has it.
    const two = [...one, named({ __name__: 'b' })];
    expect(shortNames(two, { job: 'shop' })).toEqual(['a (idle)', 'b']);
    expect(shortNames(two, {})).toEqual(['a (shop, idle)', 'b']);
    expect(shortNames([], {})).toEqual([]);
  });

  test('stand for those that are like them', () => {
    const related = {
      ...{ pearson: 1, spearman: 1, lag: 0, pairs: 9, p: 0 },
      ...{ metric: { __name__: 'a' }, expression: 'a' },
    };
    const twins = ['b', 'c'].map((name) => ({ metric: { __name__: name }, expression: name }));
    const answer: CorrelationsAnswer = {
      ...{ ...range, metric: {}, considered: 4, risen: null, causes: [], scored: 0 },
      related: [{ ...related, alike: twins }, related],
    };
    const shown = analysisOf(correlationFrames(answer, query)).related;
    expect(shown.map(({ alike }) => alike)).toEqual([['b', 'c'], []]);
  });
});
