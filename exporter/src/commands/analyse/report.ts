import { moment, span, worded } from '../../analysis/insights/wording.js';
import { textTable } from '../../lib/text-table.js';
import type { Report, SeriesReport } from './analyse-series.js';

/** Anomalies that the table has; the JSON has all. */
const MOST_ANOMALIES = 20;

/** A report as tables for people to read. */
export function reportText({ series, insights, ...range }: Report): string {
  const { start, end, step, omitted, horizon, level } = range;
  const left = omitted === 0 ? '' : `; ${omitted} more were left out: choose with --column`;
  const sections = [
    `${series.length} series from ${at(start)} to ${at(end)}, a value every ${span(1000 * step)}${left}\n`,
    `STATISTICS\n${statisticsTable(series)}`,
    `ANOMALIES\n${anomaliesTable(series)}`,
    `FORECAST for ${span(1000 * horizon)}, with ${100 * level} % of what comes in the interval\n${forecastTable(series)}`,
    insights.length === 0
      ? 'INSIGHTS\nNothing stands out.\n'
      : `INSIGHTS\n${insights.map(({ severity, sentence }) => `${severity.padEnd(8)}  ${sentence}\n`).join('')}`,
  ];
  return sections.join('\n');
}

function statisticsTable(series: readonly SeriesReport[]): string {
  return textTable(
    [
      ...['SERIES', 'VALUES', 'MISSING', 'MIN', 'MEAN', 'P50', 'P95', 'P99', 'MAX'],
      ...['TREND', 'SEASONS'],
    ],
    series.map(({ name, unit, statistics }) => {
      const { description, periods, trend } = statistics;
      const { count, missing, min, mean, max, percentiles } = description;
      const figures = [min, mean, percentiles.p50, percentiles.p95, percentiles.p99, max];
      return [
        name,
        String(count),
        String(missing),
        ...figures.map((figure) => told(figure, unit)),
        trend === null || trend.direction === 'none'
          ? '-'
          : `${trend.direction}, ${told(trend.slope === null ? null : 3600 * trend.slope, unit)} an hour`,
        periods.length === 0 ? '-' : periods.map((period) => span(1000 * period)).join(', '),
      ];
    }),
  );
}

function anomaliesTable(series: readonly SeriesReport[]): string {
  const all = series
    .flatMap(({ name, unit, anomalies }) =>
      anomalies.map((anomaly) => ({ name, unit, ...anomaly })),
    )
    .sort((a, b) => b.score - a.score);
  if (all.length === 0) return 'None.\n';
  const rows = all
    .slice(0, MOST_ANOMALIES)
    .map(({ name, unit, start, end, score, value, expected, votes }) => [
      name,
      at(start),
      start === end ? '-' : span(1000 * (end - start)),
      score.toFixed(2),
      told(value, unit),
      told(expected, unit),
      votes.map(({ finds }) => finds).join('; '),
    ]);
  const more = all.length - rows.length;
  const rest = more === 0 ? '' : `${more} more with lower scores; --json has all\n`;
  const head = ['SERIES', 'FROM', 'FOR', 'SCORE', 'VALUE', 'EXPECTED', 'IT'];
  return textTable(head, rows) + rest;
}

function forecastTable(series: readonly SeriesReport[]): string {
  const thresholds = series.flatMap(({ forecast }) => forecast?.until?.threshold ?? []);
  const until = thresholds.length > 0;
  return textTable(
    ['SERIES', 'LAST', 'AT THE END', 'INTERVAL', ...(until ? ['REACHES'] : []), 'BY'],
    series.map(({ name, unit, forecast }) => {
      if (forecast === null) return [name, '-', '-', '-', ...(until ? ['-'] : []), '-'];
      const { last, values, lower, upper, methods } = forecast;
      return [
        name,
        told(last.value, unit),
        told(values.at(-1) ?? null, unit),
        `${told(lower.at(-1) ?? null, unit)} to ${told(upper.at(-1) ?? null, unit)}`,
        ...(until ? [reaches(forecast.until, unit)] : []),
        methods
          .slice(0, 3)
          .map(({ name: method }) => method)
          .join(', '),
      ];
    }),
  );
}

function reaches(until: NonNullable<SeriesReport['forecast']>['until'], unit: string): string {
  if (until === null || until.expected === null) return 'not foreseen';
  return `${told(until.threshold, unit)} in ${span(1000 * until.expected)}`;
}

const at = (seconds: number): string => moment(1000 * seconds);

const told = (value: number | null, unit: string): string =>
  value === null ? '-' : worded(value, unit);
