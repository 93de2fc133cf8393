import { absolute } from './fields.js';
import type { Override, Panel, Step } from './model.js';
import { kymo, targets, type Query } from './query.js';

type Options = Readonly<Record<string, unknown>>;

/** What every panel says. */
interface Spec {
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Query[];
  /** Columns of 24; 12 by default. */
  readonly w?: number;
  /** Rows of 30 pixels; 8 by default. */
  readonly h?: number;
  /** A unit of Grafana, such as `reqps`. */
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly steps?: readonly Step[];
  readonly overrides?: readonly Override[];
  /** A time range of its own that ends now, such as `24h`. */
  readonly last?: string;
  readonly mappings?: readonly unknown[];
  /** Values over the width of the panel, where the screen's pixels are not to decide. */
  readonly maxDataPoints?: number;
  /** Further options of the panel's fields. */
  readonly custom?: Options;
}

/** For panels that show the newest values only: little past is asked for, and the heading is silent of it. */
const NEWEST = { timeFrom: '10s', hideTimeOverride: true };

interface Parts {
  readonly options: Options;
  readonly defaults?: Options;
  readonly custom?: Options;
}

function panel(type: string, spec: Spec, { options, defaults, custom }: Parts): Panel {
  const { title, description, w = 12, h = 8, unit, decimals, min, max, steps, mappings } = spec;
  return {
    type,
    title,
    description,
    size: { w, h },
    datasource: kymo,
    targets: targets(spec.queries),
    ...(spec.last === undefined ? {} : { timeFrom: spec.last }),
    ...(spec.maxDataPoints === undefined ? {} : { maxDataPoints: spec.maxDataPoints }),
    fieldConfig: {
      defaults: {
        ...(unit === undefined ? {} : { unit }),
        ...(decimals === undefined ? {} : { decimals }),
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(steps === undefined ? {} : { thresholds: absolute(steps) }),
        ...(mappings === undefined ? {} : { mappings }),
        ...defaults,
        custom: { ...custom, ...spec.custom },
      },
      overrides: spec.overrides ?? [],
    },
    options,
  };
}

interface TimeSeriesSpec extends Spec {
  /** Areas on top of each other. */
  readonly stacked?: boolean;
  readonly bars?: boolean;
  /** Percent of the area below a line that is filled; 8, and 30 where stacked. */
  readonly fill?: number;
  readonly logarithmic?: boolean;
  /** A table with these figures as the legend, to the right. */
  readonly figures?: readonly ('lastNotNull' | 'mean' | 'max' | 'min')[];
  /** Draws the steps as lines. */
  readonly showSteps?: boolean;
}

/** Curves over time. */
export function timeSeries(spec: TimeSeriesSpec): Panel {
  const { stacked = false, bars = false, logarithmic = false, figures } = spec;
  const legend =
    figures === undefined
      ? { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] }
      : { displayMode: 'table', placement: 'right', showLegend: true, calcs: figures };
  return panel(
    'timeseries',
    { min: 0, ...spec },
    {
      options: { legend, tooltip: { mode: 'multi', sort: 'desc' } },
      custom: {
        drawStyle: bars ? 'bars' : 'line',
        lineWidth: bars ? 0 : 1,
        fillOpacity: spec.fill ?? (bars ? 80 : stacked ? 30 : 8),
        showPoints: 'never',
        stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
        ...(logarithmic ? { scaleDistribution: { type: 'log', log: 10 } } : {}),
        ...(spec.showSteps === true ? { thresholdsStyle: { mode: 'dashed' } } : {}),
      },
    },
  );
}

/** Key figures as cards; each query is one. */
export function keyFigures(spec: Spec & { readonly compareTo: number }): Panel {
  return {
    ...panel('kymo-kpi-panel', spec, {
      options: { compareTo: spec.compareTo, curve: true, figures: ['peak', 'average'] },
      defaults: { thresholds: absolute([{ color: 'green', value: null }]) },
      custom: { polarity: 'lower' },
    }),
    transparent: true,
  };
}

/**
 * How latency is distributed over time. The first query is of a distribution by `le`, the second and
 * third are of what the presets throughput and errors show.
 */
export function heatmap(spec: Spec): Panel {
  return panel('kymo-heatmap-panel', spec, {
    options: {
      preset: 'latency',
      queries: { latency: 'A', throughput: 'B', errors: 'C' },
      scheme: 'preset',
      curve: 'preset',
      rowScale: 'log',
      rowUnit: 's',
      quantiles: [0.5, 0.95],
      now: true,
      legend: true,
    },
  });
}

/** One bar a series, longest first where the query sorts. */
export function bars(spec: Spec): Panel {
  return {
    ...panel('bargauge', spec, {
      options: {
        displayMode: 'basic',
        orientation: 'horizontal',
        showUnfilled: true,
        valueMode: 'color',
        namePlacement: 'auto',
        sizing: 'manual',
        minVizHeight: 16,
        maxVizHeight: 28,
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      },
      defaults: spec.steps === undefined ? { color: { mode: 'palette-classic' } } : {},
    }),
    ...NEWEST,
  };
}

/** Round gauges. */
export function gauges(spec: Spec): Panel {
  return {
    ...panel('gauge', spec, {
      options: {
        orientation: 'auto',
        showThresholdLabels: false,
        showThresholdMarkers: true,
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      },
    }),
    ...NEWEST,
  };
}

/** Numbers without a curve. */
export function figures(spec: Spec & { readonly colored?: boolean }): Panel {
  return {
    ...panel('stat', spec, {
      options: {
        colorMode: spec.colored === true ? 'value' : 'none',
        graphMode: 'none',
        justifyMode: 'auto',
        textMode: 'auto',
        wideLayout: true,
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      },
    }),
    ...NEWEST,
  };
}

/** States over time, one row a series. */
export function stateTimeline(spec: Spec): Panel {
  return panel('state-timeline', spec, {
    options: {
      alignValue: 'left',
      mergeValues: true,
      rowHeight: 0.8,
      showValue: 'auto',
      legend: { showLegend: false, displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'single', sort: 'none' },
    },
    custom: { fillOpacity: 70, lineWidth: 0 },
  });
}

interface TableSpec extends Spec {
  /** The label whose values become columns; the query adds it. */
  readonly column: string;
  /** Labels that make a row, in order, with their headings. */
  readonly rows: Readonly<Record<string, string>>;
  /** Columns of numbers, in order, with their headings. */
  readonly figures: Readonly<Record<string, string>>;
  /** The figure that rows are sorted by, greatest first. */
  readonly sortBy: string;
}

/** The newest values as a table: what has the same labels is one row. */
export function table(spec: TableSpec): Panel {
  const { column, rows, figures: numbers, sortBy } = spec;
  const grouped = Object.keys(rows).map((label): readonly [string, Options] => [
    label,
    { operation: 'groupby', aggregations: [] },
  ]);
  const newest = Object.keys(numbers).map((name): readonly [string, Options] => [
    name,
    { operation: 'aggregate', aggregations: ['lastNotNull'] },
  ]);
  const heading = Object.entries(numbers).map(([name, text]): readonly [string, string] => [
    `${name} (lastNotNull)`,
    text,
  ]);
  const order = [...Object.keys(rows), ...heading.map(([name]) => name)];
  return {
    ...panel('table', spec, {
      options: {
        cellHeight: 'sm',
        showHeader: true,
        sortBy: [{ displayName: numbers[sortBy], desc: true }],
      },
      custom: { align: 'auto', filterable: false },
    }),
    ...NEWEST,
    transformations: [
      // A frame a series, as the next step makes one row of a frame.
      { id: 'prepareTimeSeries', options: { format: 'multi' } },
      { id: 'labelsToFields', options: { mode: 'columns', valueLabel: column } },
      { id: 'merge', options: {} },
      { id: 'groupBy', options: { fields: Object.fromEntries<Options>([...grouped, ...newest]) } },
      {
        id: 'organize',
        options: {
          indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
          renameByName: Object.fromEntries<string>([...Object.entries(rows), ...heading]),
        },
      },
    ],
  };
}
