import { z } from 'zod';
import {
  CorrelationsAnswer,
  ForecastAnswer,
  HeatmapAnswer,
  HistoryAnswer,
  InsightsAnswer,
  StatisticsAnswer,
  SummaryAnswer,
} from './analysis.js';
import { AnomaliesAnswer } from './anomalies.js';
import { Health } from './health.js';
import { RuleRequest, RuleTestRequest } from './rules.js';
import { AcknowledgeRequest, AlertSummaryAnswer } from './alerts.js';
import { SimulateRequest } from './simulate.js';
import { Stats } from './stats.js';

/** What bodies of answers and requests look like, by name. */
export const bodySchemas = {
  AcknowledgeRequest,
  AlertSummaryAnswer,
  AnomaliesAnswer,
  CorrelationsAnswer,
  ForecastAnswer,
  Health,
  HeatmapAnswer,
  HistoryAnswer,
  InsightsAnswer,
  RuleRequest,
  RuleTestRequest,
  SimulateRequest,
  StatisticsAnswer,
  Stats,
  SummaryAnswer,
} as const;

export type BodyName = keyof typeof bodySchemas;

/** The schemas as JSON Schema 2020-12, which OpenAPI 3.1 takes. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(bodySchemas).map(([name, schema]) => {
      const all = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
      // OpenAPI says for the whole document which dialect its schemas are in.
      return [name, Object.fromEntries(Object.entries(all).filter(([key]) => key !== '$schema'))];
    }),
  );
}
