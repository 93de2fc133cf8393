import { annotation, dashboard } from '../dashboard.js';
import { color, named } from '../fields.js';
import { analysis } from '../kymo-panels.js';
import { figures, timeSeries } from '../panels.js';
import { table } from '../tables.js';
import { asFigures, FIGURE, SELECTED, type Query } from '../query.js';

const SERIES = `$figure{protocol="", ${SELECTED}}`;

const dashed = (fixedColor: string) => ({
  ...color(fixedColor),
  'custom.lineStyle': { fill: 'dash', dash: [6, 6] },
  'custom.fillOpacity': 0,
});

/** Key figures that the dashboard can show; the first by default. */
const CHOICES: Readonly<Record<string, string>> = {
  'Latency p95': 'kymo:latency_seconds:p95',
  'Latency p50': 'kymo:latency_seconds:p50',
  Requests: 'kymo:requests:rate',
  'Error ratio': 'kymo:errors:ratio',
  'Active connections': 'kymo:connections:active',
};

const STATISTICS = { avg: 'mean', min: 'low', max: 'peak', p95: 'p95' } as const;

const [firstChoice] = Object.entries(CHOICES);

const figure = {
  type: 'custom',
  name: 'figure',
  description: 'The key figure that is looked at, of all protocols together.',
  query: Object.entries(CHOICES)
    .map(([text, value]) => `${text} : ${value}`)
    .join(', '),
  current: { text: firstChoice[0], value: firstChoice[1] },
  options: Object.entries(CHOICES).map(([text, value]) => ({
    text,
    value,
    selected: text === firstChoice[0],
  })),
  hide: 0,
  includeAll: false,
  multi: false,
  skipUrlSync: false,
};

/** The windows of the table of statistics. */
const WINDOWS: Readonly<Record<string, string>> = {
  '5m': '5 minutes',
  '1h': '1 hour',
  '24h': '1 day',
};

/** An expression for each window, told apart by the label `window`. */
function overWindows(call: (window: string) => string): string {
  return Object.entries(WINDOWS)
    .map(([window, text]) => `label_replace(${call(window)}, "window", "${text}", "", "")`)
    .join(' or ');
}

const over = (name: string) =>
  overWindows((window) => `avg(${name}_over_time(${SERIES}[${window}]))`);

const mean = (offset: string): string => `avg(avg_over_time(${SERIES}[5m]${offset}))`;

/** Statistics of the buckets that the exporter keeps. */
function buckets(
  granularity: NonNullable<Query['granularity']>,
  statistics: readonly NonNullable<Query['statistic']>[],
): Query[] {
  return statistics.map((statistic) => ({
    kind: 'history',
    expr: SERIES,
    granularity,
    statistic,
    legend: STATISTICS[statistic],
  }));
}

export const history = dashboard({
  uid: 'kymo-history',
  title: 'Historical analysis',
  description: 'One key figure over minutes, hours and days, beside its own past.',
  last: '24h',
  ahead: '6h',
  variables: [figure],
  annotations: [
    annotation('Anomalies', 'orange', {
      kind: 'anomalies',
      expr: `avg(${SERIES})`,
      legend: '$figure',
      interval: '2m',
    }),
  ],
  sections: [
    {
      panels: [
        analysis({
          title: 'The last day',
          description:
            'The figure in its expected band, the day before, a forecast, and what stands out.',
          w: 24,
          h: 12,
          last: '24h',
          query: { expr: `avg(${SERIES})`, legend: '$figure', horizon: '6h' },
        }),
        timeSeries({
          title: 'Now, yesterday and last week',
          description: 'The figure beside itself a day and a week before, where that is known.',
          w: 24,
          h: 10,
          queries: [
            { expr: `avg(${SERIES})`, legend: 'now' },
            { expr: `avg(${SERIES} offset 1d)`, legend: 'yesterday' },
            { expr: `avg(${SERIES} offset 1w)`, legend: 'last week' },
          ],
          overrides: [
            named('now', { ...color('blue'), 'custom.lineWidth': 2 }),
            named('yesterday', dashed('text')),
            named('last week', dashed('purple')),
          ],
        }),
      ],
    },
    {
      title: 'Statistics',
      panels: [
        table({
          title: 'Windows that end now',
          description: 'Mean, spread and extremes over the last minutes, hour and day.',
          w: 16,
          h: 7,
          column: FIGURE,
          rows: { window: 'Window' },
          figures: {
            mean: 'Mean',
            deviation: 'Std dev',
            low: 'Low',
            median: 'Median',
            p95: 'p95',
            peak: 'Peak',
          },
          sortBy: 'peak',
          queries: [
            {
              interval: '10s',
              expr: asFigures({
                mean: `(${over('avg')})`,
                deviation: `(${over('stddev')})`,
                low: `(${over('min')})`,
                median: `(${overWindows((window) => `avg(quantile_over_time(0.5, ${SERIES}[${window}]))`)})`,
                p95: `(${overWindows((window) => `avg(quantile_over_time(0.95, ${SERIES}[${window}]))`)})`,
                peak: `(${over('max')})`,
              }),
            },
          ],
        }),
        figures({
          title: 'Mean of five minutes',
          description:
            'Of the last five, and of the same ones an hour, a day and a week ago where those are known.',
          w: 8,
          h: 7,
          queries: [
            { expr: mean(''), interval: '10s', legend: 'now' },
            { expr: mean(' offset 1h'), interval: '10s', legend: 'an hour ago' },
            { expr: mean(' offset 1d'), interval: '10s', legend: 'yesterday' },
            { expr: mean(' offset 1w'), interval: '10s', legend: 'last week' },
          ],
        }),
      ],
    },
    {
      title: 'By minute, hour and day',
      panels: [
        timeSeries({
          title: 'By minute',
          description: 'Mean, low and peak of each minute, over the last hour.',
          w: 8,
          last: '1h',
          queries: buckets('minute', ['avg', 'min', 'max']),
        }),
        timeSeries({
          title: 'By hour',
          description: 'Mean and peak of each hour, over the last day.',
          w: 8,
          last: '24h',
          custom: { showPoints: 'always' },
          queries: buckets('hour', ['avg', 'max']),
        }),
        timeSeries({
          title: 'By day',
          description: 'Mean and peak of each day, over the last week.',
          w: 8,
          last: '7d',
          custom: { showPoints: 'always' },
          queries: buckets('day', ['avg', 'max']),
        }),
      ],
    },
    {
      title: 'Forecast',
      panels: [
        timeSeries({
          title: 'The next six hours',
          description:
            'How the figure will probably go on by its trend and its days, with an interval that holds 95 of 100 times.',
          w: 24,
          queries: [
            {
              kind: 'forecast',
              expr: `avg(${SERIES})`,
              legend: '$figure',
              horizon: '6h',
              interval: '2m',
            },
          ],
        }),
      ],
    },
  ],
});
