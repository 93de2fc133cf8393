export {
  CorrelationsAnswer,
  ForecastAnswer,
  Granularity,
  HeatmapAnswer,
  HistoryAnswer,
  InsightsAnswer,
  Metric,
  StatisticsAnswer,
  SummaryAnswer,
} from './analysis.js';
export type {
  CauseCandidate,
  ComparisonAnswer,
  DescriptionAnswer,
  HeatmapRow,
  HistoryBucket,
  HistorySeries,
  InsightAnswer,
  RelatedSeries,
  SeriesForecast,
  SeriesStatistics,
  SummarySeries,
  TimeUntilAnswer,
  TrendAnswer,
} from './analysis.js';
export { AnomaliesAnswer } from './anomalies.js';
export type { AnomalyAnswer, ScoredSeries } from './anomalies.js';
export { AcknowledgeRequest, AlertSeverity, AlertSummaryAnswer } from './alerts.js';
export { CallerAnswer } from './caller.js';
export { errorBody } from './error.js';
export type { ErrorBody, ErrorType } from './error.js';
export { Health, SourceHealth } from './health.js';
export { bodySchemas, jsonSchemas } from './json-schema.js';
export type { BodyName } from './json-schema.js';
export {
  LIVE_CLOSE_CODES,
  LIVE_ERROR_CODES,
  LIVE_VERSION,
  LiveId,
  LivePosition,
  LiveStream,
  MAX_LIVE_EXPRESSION,
  parseLiveClientMessage,
} from './live.js';
export type {
  LiveClientMessage,
  LiveError,
  LiveErrorCode,
  LiveSubscribe,
  ParsedLiveMessage,
} from './live.js';
export { LiveColumn, LiveServerMessage, parseLiveServerMessages } from './live-server.js';
export type { LiveValue } from './live-server.js';
export { RuleRequest, RuleTestRequest } from './rules.js';
export type {
  RuleState,
  RuleStatesAnswer,
  RuleTestAnswer,
  RuntimeRuleAnswer,
  RuntimeRulesAnswer,
  TestedAlert,
} from './rules.js';
export { SimulateRequest } from './simulate.js';
export type { ActiveFault, FaultDescription } from './simulate.js';
export { Stats } from './stats.js';
