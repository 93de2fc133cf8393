export { clockFindings } from './clocks.js';
export { historyFinding, ruleFinding, rulesFail, sourceFindings } from './exporter.js';
export type { RuleState } from './exporter.js';
export { failed, ok, warning } from './finding.js';
export type { Finding } from './finding.js';
export {
  callerFinding,
  datasourceFails,
  datasourceReaches,
  grafanaFinding,
  liveFinding,
  pluginFinding,
  pushFindings,
  streamFinding,
} from './grafana.js';
export type { PushTarget } from './grafana.js';
export { AGES, notScrapedFinding, scrapedFinding } from './prometheus.js';
export type { Scraped } from './prometheus.js';
