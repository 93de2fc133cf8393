import type { DataFrame } from '@grafana/data';
import type {
  AnomaliesAnswer,
  CorrelationsAnswer,
  ForecastAnswer,
  InsightsAnswer,
  StatisticsAnswer,
} from '@kymo/contract';
import { describe, expect, test, vi } from 'vitest';
import { anomalyFrames, stretchesOf } from '../src/datasource/kinds/anomalies.js';
import { correlationFrames } from '../src/datasource/kinds/correlations.js';
import { insightsFrame } from '../src/datasource/kinds/insights.js';
import { forecastFrames } from '../src/datasource/kinds/forecast.js';
import { analysedOf, describedOf } from '../src/datasource/kinds/kind.js';
import { statisticsFrame } from '../src/datasource/kinds/statistics.js';
import { annotations } from '../src/datasource/annotations.js';
import { csvOf, fileName } from '../src/panels/analysis/download.js';
import { figuresOf, summaryOf } from '../src/panels/analysis/figures.js';
import { analysisOf, outliersOf } from '../src/panels/analysis/model.js';
import { pointAt, summaryInWords } from '../src/panels/analysis/words.js';
import { plainFrame } from './grafana-data.js';

vi.mock('@grafana/data', () => import('./grafana-data.js'));

const query = { refId: 'A', legend: '{{a}}', expr: 'x_seconds' };
const metric = { a: 'one' };
const range = { start: 10, end: 13, step: 1, omitted: 0 };
const stretch = {
  ...{ start: 12, end: 13, time: 13, score: 2.5, value: 9, expected: 2, lower: 1, upper: 3 },
  ...{ confidence: 1, votes: [{ detector: 'extremes', finds: 'a peak', evidence: 4 }] },
};

const anomalies: AnomaliesAnswer = {
  series: [
    {
      metric,
      times: [10, 11, 12, 13],
      values: [2, 2, 8, 9],
      scores: [0, 0.1, 1, 2.5],
      confidence: [0, 1, 1, 1],
      expected: [2, 2, 2, 2],
      lower: [-1e9, 1, 1, 1],
      upper: [1e9, 3, 3, 3],
      warmUp: 1,
      anomalies: [stretch],
    },
  ],
};
const forecast: ForecastAnswer = {
  ...{ ...range, horizon: 2, level: 0.95 },
  series: [
    {
      ...{ metric, last: { time: 13, value: 9 }, times: [14, 15], values: [8, 7], periods: [] },
      ...{ lower: [6, 5], upper: [10, 11], methods: [], until: null },
    },
  ],
};
const insights: InsightsAnswer = {
  ...range,
  insights: [
    {
      ...{ kind: 'outlier', severity: 'warning', sentence: 'x_seconds (one) jumped.', value: 9 },
      parts: [{ series: 'x_seconds (one)' }, ' jumped.'],
      ...{ unit: 'seconds', start: 12, end: 13, expression: 'x_seconds{a="one"}', metric },
    },
  ],
};
const correlations = {
  ...{ ...range, metric, considered: 5, risen: 12, scored: 5 },
  related: [
    { metric: { b: '2' }, expression: 'y', pearson: 0.9, spearman: 0.8, lag: 3, pairs: 4, p: 0 },
  ],
  causes: [{ metric: { b: '3' }, expression: 'z', time: 11, peak: 2 }],
} as CorrelationsAnswer;
const statistics = {
  ...range,
  series: [
    {
      metric,
      description: {
        ...{ count: 4, min: 2, max: 9, mean: 5.25, standardDeviation: 3.7 },
        percentiles: { p50: 5, p90: 9, p95: 9, p99: 9, p999: 9 },
      },
      shape: { word: 'two tops' },
      trend: { slope: 0.001, intercept: 2, p: 0, direction: 'up' },
      comparisons: [
        { with: 'period_before', before: 5, ratio: 0.05, percentiles: { p50: 0, p95: 2, p99: 0 } },
      ],
    },
  ],
} as unknown as StatisticsAnswer;

const value: DataFrame = {
  ...plainFrame('one', [10_000, 11_000, 12_000, 13_000], [2, 2, 8, 9]),
  meta: { custom: { part: 'value' } },
};
const previous: DataFrame = {
  ...plainFrame('x', [10_000], [5]),
  meta: { custom: { part: 'previous', series: 'one' } },
};
const all = [
  value,
  previous,
  ...anomalyFrames(anomalies, query, 's'),
  ...forecastFrames(forecast, query, 's'),
  statisticsFrame(statistics, query, 's'),
  insightsFrame(insights, query),
  ...correlationFrames(correlations, query),
];

describe('frames of an analysis', () => {
  test('have a band that stock graphs fill, and none where too little was seen', () => {
    const [frame] = anomalyFrames(anomalies, query, 's');
    const [, measured, lower, upper, , score] = frame.fields;
    expect(measured.config).toMatchObject({ unit: 's', displayNameFromDS: 'one' });
    expect(lower.values).toEqual([null, 1, 1, 1]);
    expect((upper.config.custom as { fillBelowTo: string }).fillBelowTo).toBe(
      lower.config.displayNameFromDS,
    );
    expect(score.config.thresholds?.steps[1]?.value).toBe(1);
  });

  test('have a dashed forecast from the last known value on', () => {
    const [frame] = forecastFrames(forecast, query, 's');
    expect(frame.fields[0].values).toEqual([13_000, 14_000, 15_000]);
    expect(frame.fields[1].values).toEqual([9, 8, 7]);
    expect(frame.fields[1].config.custom).toMatchObject({ lineStyle: { fill: 'dash' } });
  });

  test('have a row of figures a series, with the period before', () => {
    const frame = statisticsFrame(statistics, query, 's');
    const row = Object.fromEntries(
      frame.fields.map(({ name, values }) => [name, values[0] as unknown]),
    );
    expect(row).toMatchObject({
      ...{ Series: 'one', Average: 5.25, Peak: 9, 'Trend per hour': 3.6, Shape: 'two tops' },
      ...{ 'Average before': 5, Change: 0.05, 'p95 before': 7 },
    });
  });

  test('become regions of annotations', async () => {
    expect(stretchesOf(all[2])).toEqual([stretch]);
    const target = { refId: 'A', version: 2, kind: 'live', expr: 'up' } as const;
    const anno = { name: 'a', enable: true, iconColor: 'red', target };
    expect(annotations.prepareQuery?.(anno)?.kind).toBe('anomalies');
    const events = await new Promise((resolve) => {
      annotations.processEvents?.(anno, all).subscribe(resolve);
    });
    expect(events).toMatchObject([{ time: 12_000, timeEnd: 13_000, isRegion: true }]);
  });
});

describe('the analysis panel', () => {
  const analysis = analysisOf(all);
  const [subject] = analysis.subjects;

  test('joins the parts of a series by its name', () => {
    expect(analysis.subjects).toHaveLength(1);
    expect(subject.previous?.values).toEqual([5]);
    expect(outliersOf(subject.expected!)).toEqual([
      { time: 12_000, value: 8 },
      { time: 13_000, value: 9 },
    ]);
    expect(subject.forecast?.times).toEqual([13_000, 14_000, 15_000]);
    expect(analysis.findings).toMatchObject([
      { severity: 'warning', sentence: ['one', ' jumped.'] },
    ]);
    expect(analysis.related).toMatchObject([{ series: 'y', correlation: 0.9, lead: 3 }]);
    expect(analysis.causes).toMatchObject([{ series: 'z', time: 11_000 }]);
    expect([...analysis.missing]).toEqual([]);
  });

  test('shows the figures that are told, with their trend and the period before', () => {
    const shown = Object.fromEntries(figuresOf(subject).map(({ label, text }) => [label, text]));
    expect(shown).toMatchObject({ average: '5.25', trend: '▲ 3.6/h', 'period before': '▲ 5.0 %' });
  });

  test('shows what it can of frames of any datasource, and why a part is missing', () => {
    const plain = analysisOf([
      plainFrame('y', [1000, 2000], [1, 3]),
      { length: 0, fields: [], meta: { custom: { part: 'forecast', problem: 'too short' } } },
    ]);
    expect(figuresOf(plain.subjects[0])[0]).toMatchObject({ label: 'average', text: '2' });
    expect(plain.problems).toEqual([{ part: 'forecast', text: 'too short' }]);
    expect(plain.missing.has('insights')).toBe(true);
    expect(summaryOf([null, NaN])).toBeUndefined();
  });

  test('says what it shows', () => {
    expect(summaryInWords(subject, 'utc')).toBe(
      'one, 9 at 00:00:13, 2 anomalous points, the latest at 00:00:13, forecast 7 at 00:00:15.',
    );
    const words = (time: number) => pointAt(subject, time).map(({ label, text }) => [label, text]);
    expect(words(12_400)).toContainEqual(['expected', '1 – 3']);
    expect(words(15_000)).toEqual([
      ['forecast', '7'],
      ['interval', '5 – 11'],
    ]);
  });

  test('hands out all of it as CSV', () => {
    const lines = csvOf({ ...subject, name: 'a, "b"' }).split('\r\n');
    expect(lines[0]).toBe(
      'time,"a, ""b""",expected,expected low,expected high,score,period before,forecast,forecast low,forecast high',
    );
    expect(lines).toHaveLength(1 + 6 + 1);
    expect(lines[1]).toBe('1970-01-01T00:00:10.000Z,2,2,,,0,5,,,');
    expect(lines[6]).toBe('1970-01-01T00:00:15.000Z,,,,,,,7,5,11');
    expect(fileName('Latency p95 / s', 'csv')).toBe('Latency-p95-s.csv');
  });
});

describe('the range that is analysed', () => {
  const day = 86_400_000;
  const target = {
    query: { refId: 'A', version: 2, kind: 'analysis', expr: 'a' },
    expr: 'a',
    interval: 60_000,
    start: 0,
    end: day,
    window: day,
    isLive: true,
  } as const;

  test('has fewer points than are drawn where these are many', () => {
    expect(analysedOf(target)).toEqual({ expr: 'a', start: 0, end: day, step: 120_000 });
  });

  test('is all that is drawn where figures are told of it', () => {
    expect(describedOf(target)).toEqual({ expr: 'a', start: 0, end: day, step: 60_000 });
  });
});
