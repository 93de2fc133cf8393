import type { DataFrame } from '@grafana/data';
import type { AlertsClient } from '../alerts/alerts-client.js';
import type { AnalysisClient, Analysed } from '../analysis-client.js';
import { gridFrom, gridTo } from '../live/past.js';
import type { PrometheusClient } from '../prometheus.js';
import type { KymoQuery } from '../query.js';

/** A query with all that its time range and its variables say; times and spans in milliseconds. */
export interface Target {
  readonly query: KymoQuery;
  /** With variables replaced and filters applied. */
  readonly expr: string;
  /** Between values. */
  readonly interval: number;
  readonly start: number;
  readonly end: number;
  readonly window: number;
  /** Goes on as it happens. */
  readonly isLive: boolean;
}

/** Where answers come from. */
export interface Doors {
  readonly prometheus: PrometheusClient;
  readonly analysis: AnalysisClient;
  readonly alerts: AlertsClient;
  /** Of this datasource. */
  readonly uid: string;
  /** Grafana's id of the unit that an expression yields; `undefined` where it is not known. */
  readonly unitOf: (expr: string) => Promise<string | undefined>;
  /** The same as exporters write it, such as `seconds`. */
  readonly baseUnitOf: (expr: string) => Promise<string | undefined>;
}

/** Answers a query of one kind. @throws QueryError */
export type Kind = (target: Target, doors: Doors) => Promise<DataFrame[]>;

/** Points that are analysed at most: what is beyond them nobody sees, and it takes its time. */
const MOST_POINTS = 1000;

/** As many as a query may have: figures are of the very values that are drawn. */
const ALL_POINTS = 10_900;

/** The range of a target on the grid of its step, with not too many points. */
export function analysedOf(target: Target): Analysed {
  return onGrid(target, MOST_POINTS);
}

/** The same with all points that are drawn. */
export function describedOf(target: Target): Analysed {
  return onGrid(target, ALL_POINTS);
}

function onGrid({ expr, interval, start, end }: Target, points: number): Analysed {
  const step = interval * Math.max(1, Math.ceil((end - start) / interval / points));
  return { expr, step, start: gridFrom(start, step), end: gridTo(end, step) };
}
