import { dashboard } from '../dashboard.js';
import { color, named } from '../fields.js';
import { figures, table, timeSeries } from '../panels.js';
import { asFigures, FIGURE, SELECTED } from '../query.js';

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

export const history = dashboard({
  uid: 'kymo-history',
  title: 'Historical analysis',
  description: 'One key figure over minutes, hours and days, beside its own past.',
  last: '24h',
  variables: [figure],
  sections: [
    {
      panels: [
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
          decimals: 3,
          queries: [
            { expr: mean(''), legend: 'now' },
            { expr: mean(' offset 1h'), legend: 'an hour ago' },
            { expr: mean(' offset 1d'), legend: 'yesterday' },
            { expr: mean(' offset 1w'), legend: 'last week' },
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
          queries: [
            { expr: `avg(avg_over_time(${SERIES}[1m]))`, legend: 'mean', interval: '1m' },
            { expr: `min(min_over_time(${SERIES}[1m]))`, legend: 'low', interval: '1m' },
            { expr: `max(max_over_time(${SERIES}[1m]))`, legend: 'peak', interval: '1m' },
          ],
        }),
        timeSeries({
          title: 'By hour',
          description: 'Mean and peak of the hour that ends at each point, over the last day.',
          w: 8,
          last: '24h',
          queries: [
            { expr: `avg(avg_over_time(${SERIES}[1h]))`, legend: 'mean' },
            { expr: `max(max_over_time(${SERIES}[1h]))`, legend: 'peak' },
          ],
        }),
        timeSeries({
          title: 'By day',
          description: 'Mean and peak of the day that ends at each point, over the last week.',
          w: 8,
          last: '7d',
          maxDataPoints: 2016,
          queries: [
            { expr: `avg(avg_over_time(${SERIES}[1d]))`, legend: 'mean' },
            { expr: `max(max_over_time(${SERIES}[1d]))`, legend: 'peak' },
          ],
        }),
      ],
    },
    {
      title: 'Trend',
      panels: [
        timeSeries({
          title: 'Trend of ten minutes',
          description:
            'The figure, and where a straight line through the last ten minutes leads in five.',
          w: 24,
          last: '1h',
          queries: [
            { expr: `avg(avg_over_time(${SERIES}[1m]))`, legend: 'mean of a minute' },
            { expr: `avg(predict_linear(${SERIES}[10m], 300))`, legend: 'in five minutes' },
          ],
          overrides: [named('in five minutes', dashed('orange'))],
        }),
      ],
    },
  ],
});
