import { SERIES, WINDOW, type Dashboard } from './grafana.js';

interface Panel {
  readonly type: string;
  readonly options?: object;
  readonly fieldConfig?: object;
  readonly transformations?: readonly object[];
}

const range = { time: { from: `now-${WINDOW / 1000}s`, to: 'now' }, refresh: '' };
/** Grafana's own points of a query: as many as the window has values, and more. */
const query = { interval: '100ms', maxDataPoints: 2000 };
const HEIGHT = { whole: 30, part: 5 };

/** A dashboard of one panel over made frames. */
export const fedDashboard = (uid: string, subject: string, panel: Panel): Dashboard => ({
  ...{ uid, ...range },
  panels: [
    {
      ...{ id: 1, title: uid, ...query, ...panel },
      gridPos: { x: 0, y: 0, w: 24, h: HEIGHT.whole },
      datasource: { type: 'kymo-bench-datasource', uid: 'bench' },
      targets: targetsOf(subject),
    },
  ],
});

const targetsOf = (subject: string): object[] => [{ refId: 'A', subject }];

const datasources = {
  kymo: { type: 'kymo-live-datasource', uid: 'kymo' },
  bare: { type: 'kymo-bench-datasource', uid: 'bench' },
} as const;
export type Source = keyof typeof datasources;

interface LivePanel extends Panel {
  readonly source: Source;
  readonly expr: string;
  readonly x?: number;
  readonly y?: number;
  readonly w?: number;
  readonly h?: number;
  readonly interval?: string;
}

/** A dashboard of panels over what the exporter has. */
export const liveDashboard = (uid: string, panels: readonly LivePanel[]): Dashboard => ({
  ...{ uid, ...range },
  panels: panels.map(({ source, expr, x = 0, y = 0, w = 24, h = HEIGHT.whole, ...panel }, at) => ({
    ...{ id: at + 1, title: `${uid} ${at}`, ...query, ...panel },
    gridPos: { x, y, w, h },
    datasource: datasources[source],
    targets: [{ refId: 'A', version: 2, kind: 'live', expr, datasource: datasources[source] }],
  })),
});

/** 100 series in a stock panel, without a legend: it would be most of it. */
const curves: Panel = {
  type: 'timeseries',
  options: { legend: { showLegend: false }, tooltip: { mode: 'single' } },
};

export const streamDashboard = (source: Source): Dashboard =>
  liveDashboard(`stream-${source}`, [{ ...curves, source, expr: SERIES }]);

/** Four columns and six rows of panels with four series each, a value a second. */
export const manyDashboard = (): Dashboard =>
  liveDashboard(
    'many',
    Array.from({ length: 24 }, (_, at) => ({
      ...curves,
      source: 'kymo' as const,
      expr: `${SERIES}{n=~"${[0, 1, 2, 3].map((one) => at * 4 + one).join('|')}"}`,
      interval: '1s',
      ...{ x: (at % 4) * 6, y: Math.floor(at / 4) * HEIGHT.part, w: 6, h: HEIGHT.part },
    })),
  );

/** A card that says the time of its sample, beside 100 series. */
export const clockDashboard = (): Dashboard =>
  liveDashboard('clock', [
    {
      type: 'kymo-kpi-panel',
      source: 'kymo',
      expr: 'vector(time())',
      fieldConfig: { defaults: { unit: 'none', decimals: 1 }, overrides: [] },
      options: { figures: [] },
      ...{ w: 24, h: 6 },
    },
    { ...curves, source: 'kymo', expr: SERIES, y: 6, h: 24 },
  ]);
