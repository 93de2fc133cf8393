import type { QueryKind } from '../query.js';
import { alertHistory } from './alert-history.js';
import { anomalies } from './anomalies.js';
import { forecast } from './forecast.js';
import { history } from './history.js';
import type { Kind } from './kind.js';
import { instant, range } from './past.js';
import { statistics } from './statistics.js';

/** The kinds that are answered once; those that go on are in the datasource. */
export const KINDS = {
  live: range,
  range,
  instant,
  history,
  anomalies,
  forecast,
  statistics,
  alert_history: alertHistory,
} as const satisfies Readonly<Record<Exclude<QueryKind, 'analysis' | 'alerts'>, Kind>>;
