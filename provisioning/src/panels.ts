import { color } from './fields.js';
import type { Panel } from './model.js';
import { NEWEST, panel, type Spec } from './panel.js';

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

const NEWEST_VALUE = 'Last';

/**
 * One bar for each of the greatest values of now, the greatest first. Over the seconds that a live query shows,
 * `topk` may have named one series and then another: of those that are no longer among the greatest the newest
 * value is missing, by which they are left out.
 */
export function greatest(spec: Spec & { readonly most: number }): Panel {
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: true, limit: spec.most };
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
        reduceOptions,
      },
      // By place, a colour would be of another series as soon as they change places.
      defaults: spec.steps === undefined ? color('blue') : {},
    }),
    transformations: [
      { id: 'reduce', options: { reducers: ['last'], mode: 'seriesToRows' } },
      {
        id: 'filterByValue',
        options: {
          type: 'include',
          match: 'any',
          filters: [{ fieldName: NEWEST_VALUE, config: { id: 'isNotNull', options: {} } }],
        },
      },
      { id: 'sortBy', options: { fields: {}, sort: [{ field: NEWEST_VALUE, desc: true }] } },
    ],
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
        textMode: 'value_and_name',
        wideLayout: false,
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
      // Within short states their names are cut; the legend has them.
      showValue: 'never',
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'single', sort: 'none' },
    },
    // By thresholds, which is the default, there is no legend of states.
    defaults: { color: { mode: 'palette-classic' } },
    custom: { fillOpacity: 70, lineWidth: 0 },
  });
}
