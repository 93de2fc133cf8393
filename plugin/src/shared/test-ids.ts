/** Names by which tests find what people see. */
export const testIds = {
  configUrl: 'kymo-config-url',
  configInterval: 'kymo-config-interval',
  configSecret: 'kymo-config-secret',
  queryEditor: 'kymo-query-editor',
  queryLegend: 'kymo-query-legend',
  queryInterval: 'kymo-query-interval',
  queryKind: 'kymo-query-kind',
  queryGranularity: 'kymo-query-granularity',
  queryStatistic: 'kymo-query-statistic',
  queryHorizon: 'kymo-query-horizon',
  trust: 'kymo-trust',
  kpiPanel: 'kymo-kpi-panel',
  kpiCard: 'kymo-kpi-card',
  kpiValue: 'kymo-kpi-value',
  home: 'kymo-home',
} as const;
