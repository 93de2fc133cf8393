import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecast } from '../../src/analysis/forecast/forecast.js';
import { insightsOf } from '../../src/analysis/insights/insights.js';
import type { Subject } from '../../src/analysis/insights/insight.js';
import { changed, moment, promqlSpan, span, worded } from '../../src/analysis/insights/wording.js';
import { written } from '../../src/analysis/insights/sentence.js';
import { statisticsOf } from '../../src/analysis/statistics/statistics.js';
import { parseExpression } from '../../src/promql/parse.js';
import { normal, uniform } from './shapes.js';

const series = (length: number, of: (i: number) => number) =>
  Float64Array.from({ length }, (_, i) => of(i));
const noise = (seed: number) => normal(uniform(seed));
const DAY = 86_400_000;

function subject(values: Float64Array, rest: Partial<Subject> = {}): Subject {
  return {
    name: 'Latency',
    expression: 'sum(rate(requests_total[5m]))',
    unit: 'seconds',
    start: Date.UTC(2026, 0, 31, 9),
    step: 60_000,
    values,
    statistics: statisticsOf(values),
    ...rest,
  };
}
const sentences = (one: Subject) => insightsOf(one).map(({ sentence }) => sentence);

describe('insights', () => {
  const random = noise(1);
  const calm = series(300, () => 0.1 + 0.005 * random());

  test('tell nothing of a series in which nothing stands out, or which has no values', () => {
    const earlier = [
      { name: 'yesterday', offset: DAY, values: series(300, () => 0.1 + 0.005 * random()) },
    ];
    expect(insightsOf(subject(calm, { earlier }))).toEqual([]);
    expect(insightsOf(subject(new Float64Array(300).fill(3)))).toEqual([]);
    expect(insightsOf(subject(new Float64Array(300).fill(NaN)))).toEqual([]);
    expect(insightsOf(subject(new Float64Array(0)))).toEqual([]);
  });

  test('tell a comparison', () => {
    const values = Float64Array.from(calm, (value) => 3 * value);
    const earlier = [{ name: 'at the same time yesterday', offset: DAY, values: calm }];
    const [first] = insightsOf(subject(values, { earlier }));
    expect(first).toMatchObject({ kind: 'comparison', severity: 'warning', unit: 'seconds' });
    expect(first.sentence).toMatch(
      /^Latency rose to 3 times: 301 ms on average over 5 h, 100 ms at the same time yesterday\.$/,
    );
    expect(first.expression).toBe(
      'avg_over_time((sum(rate(requests_total[5m])))[5h:1m]) / ' +
        'avg_over_time((sum(rate(requests_total[5m])))[5h:1m] offset 24h)',
    );
    expect(first.end - first.start).toBe(299 * 60_000);
  });

  test('tell no other level where none is to be seen', () => {
    const values = new Float64Array(300);
    const statistics = {
      ...statisticsOf(values),
      changes: [{ index: 180, before: 1e-19, after: 0 }],
    };
    expect(sentences(subject(values, { statistics, unit: 'ratio' }))).toEqual([]);
  });

  test('tell another level, since when', () => {
    const values = Float64Array.from(calm, (value, i) => (i < 180 ? value : value + 0.2));
    expect(sentences(subject(values))).toEqual([
      'Latency is at another level since 2026-01-31 12:00 UTC: 300 ms, 101 ms before.',
    ]);
  });

  test('come in pieces, for readers with names and a time zone of their own', () => {
    const values = Float64Array.from(calm, (value, i) => (i < 180 ? value : value + 0.2));
    expect(insightsOf(subject(values))[0].parts).toEqual([
      { series: 'Latency' },
      ' is at another level since ',
      { time: Date.UTC(2026, 0, 31, 12) },
      ': 300 ms, 101 ms before.',
    ]);
  });

  test('tell an outlier, its time and what is usual', () => {
    const values = Float64Array.from(calm, (value, i) => (i === 60 ? 2 : value));
    const [first] = insightsOf(subject(values));
    expect(first).toMatchObject({ kind: 'outlier', severity: 'warning', value: 2 });
    expect(first.sentence).toBe('Latency jumped to 2 s at 2026-01-31 10:00 UTC; usual is 101 ms.');
  });

  test('tell a gap, and one that has not ended', () => {
    const gap = Float64Array.from(calm, (value, i) => (i >= 120 && i < 180 ? NaN : value));
    expect(sentences(subject(gap))).toEqual([
      'Latency had no values for 1 h from 2026-01-31 11:00 UTC.',
    ]);
    const open = Float64Array.from(calm, (value, i) => (i >= 240 ? NaN : value));
    expect(sentences(subject(open))).toEqual([
      'Latency has had no values since 2026-01-31 13:00 UTC, for 1 h.',
    ]);
  });

  test('tell a value that is stuck', () => {
    const values = Float64Array.from(calm, (value, i) => (i >= 240 ? 0.1 : value));
    expect(sentences(subject(values))).toEqual([
      'Latency has been exactly 100 ms since 2026-01-31 13:00 UTC, for 1 h; it used to change all the time.',
    ]);
  });

  test('tell a threshold that will be reached', () => {
    const values = series(300, (i) => 0.3 + 0.001 * i);
    const one = subject(values, {
      name: 'Disk',
      unit: 'ratio',
      threshold: 0.61,
      forecast: forecast(values, { horizon: 60 }),
    });
    const [first] = insightsOf(one);
    expect(first).toMatchObject({ kind: 'threshold', severity: 'critical', unit: 'seconds' });
    expect(first.sentence).toMatch(/^Disk is expected to reach 61 % in 1[12](\.\d)? min \(/);
    expect(insightsOf({ ...one, threshold: 99 }).some(({ kind }) => kind === 'threshold')).toBe(
      false,
    );
  });

  test('tell a steady trend, and not its parts as levels', () => {
    const values = series(300, (i) => 1 + 0.001 * i + 0.02 * random());
    expect(sentences(subject(values))).toEqual([
      'Latency rises steadily by 62 ms an hour: 309 ms within 5 h.',
    ]);
  });

  test('tell which series moved with it, and which came first', () => {
    const related = [
      { name: 'CPU', expression: 'cpu', pearson: -0.91, spearman: -0.9, lag: 2, pairs: 300, p: 0 },
      { name: 'Load', expression: 'load', pearson: 0.6, spearman: 0.9, lag: 0, pairs: 300, p: 0 },
    ];
    expect(sentences(subject(calm, { related }))).toEqual([
      'Latency moved against CPU, 2 min after it (correlation −0.91).',
    ]);
  });

  test('are the same each time, within the limit, the gravest first, with expressions that PromQL takes', () => {
    const value = fc.oneof(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.constantFrom(0, 5, 5, 5, NaN, Infinity, 1e308),
    );
    const grave = { critical: 0, warning: 1, info: 2 };
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 60 }),
        fc.array(value, { maxLength: 60 }),
        (now, before) => {
          const values = Float64Array.from(now);
          const one = subject(values, {
            earlier: [{ name: 'before', offset: 1500, values: Float64Array.from(before) }],
            forecast: forecast(values, { horizon: 5 }),
            threshold: 50,
            step: 250,
          });
          const found = insightsOf(one, 3);
          expect(found.length).toBeLessThanOrEqual(3);
          expect(insightsOf(one, 3)).toEqual(found);
          const severities = found.map(({ severity }) => grave[severity]);
          expect(severities).toEqual([...severities].sort());
          for (const { expression, sentence, parts, start, end } of found) {
            parseExpression(expression);
            expect(written(parts)).toBe(sentence);
            expect(parts[0]).toEqual({ series: one.name });
            expect(sentence).not.toMatch(/NaN|undefined|null/);
            expect(end).toBeGreaterThanOrEqual(start);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('numbers are written with their units', () => {
  expect(worded(0.1234, 'ratio')).toBe('12.3 %');
  expect(worded(1536, 'bytes')).toBe('1.5 KiB');
  expect(worded(0.0123, 'seconds')).toBe('12.3 ms');
  expect(worded(0.0000123, 'seconds')).toBe('12.3 µs');
  expect(worded(12_345, 'requests')).toBe('12,300 requests');
  expect(changed(0.25)).toBe('rose by 25 %');
  expect(changed(-0.5)).toBe('fell by 50 %');
  expect(changed(2)).toBe('rose to 3 times');
  expect(span(5_400_000)).toBe('1.5 h');
  expect(span(250)).toBe('250 ms');
  expect(promqlSpan(90_000)).toBe('90s');
  expect(promqlSpan(7_200_000)).toBe('2h');
  expect(moment(Date.UTC(2026, 0, 2, 3, 4, 5))).toBe('2026-01-02 03:04:05 UTC');
});
