import { absolute, ofFrames } from './fields.js';
import type { Panel } from './model.js';
import { panel, type Spec } from './panel.js';
import type { Query } from './query.js';

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
  const shares = ofFrames('C', { unit: 'percentunit' });
  const cells: Spec = { unit: 'reqps', overrides: [shares], ...spec };
  return panel('kymo-heatmap-panel', cells, {
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

/**
 * Traffic by protocol. The queries are, in order, of the rate, the latency, the share of errors, the
 * connections by `state`, their health by `health`, the connections opened a second, and those that failed
 * by `reason`.
 */
export function protocols(spec: Spec): Panel {
  return panel('kymo-protocols-panel', spec, {
    options: { label: 'protocol', share: 'bar', curve: true, sentence: true, variable: 'protocol' },
  });
}

/** Alerts as they are now, to be acknowledged by Editors. */
export function alertList(spec: Omit<Spec, 'queries'>): Panel {
  return panel(
    'kymo-alerts-panel',
    { ...spec, queries: [{ kind: 'alerts' }] },
    { options: { pending: true, resolved: false } },
  );
}

/** A curve with all that is found in it: expected band, anomalies, the period before, a forecast. */
export function analysis(spec: Omit<Spec, 'queries'> & { readonly query: Query }): Panel {
  const { query, ...rest } = spec;
  return panel(
    'kymo-analysis-panel',
    { ...rest, queries: [{ kind: 'analysis', ...query }] },
    { options: { figures: true, previous: true, band: true, forecast: true, findings: true } },
  );
}
