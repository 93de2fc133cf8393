import type { CallerAnswer, Health, Stats } from '@kymo/contract';
import type { PushTarget, RuleState, Scraped } from '@kymo/contract/findings';
import type { AlertCount } from '../shared/alert-standing.js';
import { fieldsOf, listOf } from '../shared/json.js';

/** What exporters and Prometheus answer, as far as it is looked at: of anything else nothing is left. */

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

export type HealthPart = Pick<Health, 'status' | 'version' | 'sources' | 'history' | 'rules'>;

export function healthOf(body: unknown): HealthPart | undefined {
  const { version, sources } = fieldsOf(body);
  return typeof version === 'string' && Array.isArray(sources) ? (body as Health) : undefined;
}

export type StatsPart = Pick<Stats, 'uptime' | 'history'> & Partial<Pick<Stats, 'series'>>;

export function statsOf(body: unknown): StatsPart | undefined {
  return number(fieldsOf(body).uptime) === undefined ? undefined : (body as Stats);
}

/** How many alerts are not over, by kind; `undefined` where it is no summary of alerts. */
export function alertCountsOf(body: unknown): AlertCount[] | undefined {
  const { counts } = fieldsOf(body);
  if (!Array.isArray(counts)) return undefined;
  return counts.map(fieldsOf).flatMap((one) => {
    const state = ACTIVE.find((known) => known === one.state);
    const count = number(one.count);
    if (state === undefined || count === undefined) return [];
    // Who it was is not told, nor looked at.
    const acknowledgedBy = one.acknowledged === true ? '' : null;
    return [{ state, severity: text(one.severity) || null, acknowledgedBy, count }];
  });
}

const ACTIVE = ['pending', 'firing', 'recovering'] as const;

export function callerOf(body: unknown): CallerAnswer | undefined {
  return typeof fieldsOf(body).mayWrite === 'boolean' ? (body as CallerAnswer) : undefined;
}

export function rulesOf(body: unknown): RuleState[] {
  return listOf(fieldsOf(fieldsOf(body).data).groups)
    .flatMap((group) => listOf(fieldsOf(group).rules))
    .map((rule) => {
      const { name, health, lastError } = fieldsOf(rule);
      return { name: text(name), health: text(health), lastError: text(lastError) };
    });
}

/** An expression that is pushed to Grafana Live. */
export interface PushedChannel {
  readonly stream: string;
  readonly name: string;
  /** Milliseconds. */
  readonly interval: number;
}

export interface Pushes {
  readonly targets: readonly PushTarget[];
  readonly channels: readonly PushedChannel[];
}

export function pushesOf(body: unknown): Pushes {
  const { channels, grafanas } = fieldsOf(body);
  const all = listOf(grafanas).map(fieldsOf);
  const stream = text(all[0]?.stream);
  const pushed = listOf(channels).map((one) => {
    const { name, interval } = fieldsOf(one);
    return { stream, name: text(name), interval: number(interval) ?? 1000 };
  });
  return {
    targets: all.map(({ url, lag, error }) => ({
      url: text(url),
      lag: number(lag) ?? null,
      error: text(error) || null,
    })),
    channels: stream === '' ? [] : pushed,
  };
}

/** Seconds that a scalar says, as `time()`. */
export function scalarOf(body: unknown): number | undefined {
  const value = Number(listOf(fieldsOf(fieldsOf(body).data).result)[1]);
  return Number.isFinite(value) ? value : undefined;
}

/** `undefined` where no query was answered. */
export function scrapedOf(body: unknown): Scraped[] | undefined {
  const { status, data } = fieldsOf(body);
  if (status !== 'success') return undefined;
  return listOf(fieldsOf(data).result).map((one) => {
    const { metric, value } = fieldsOf(one);
    return { instance: text(fieldsOf(metric).instance), age: Number(listOf(value)[1]) };
  });
}

/** The target of the job `kymo` that does not answer. */
export function downOf(body: unknown): { scrapeUrl: string; lastError: string } | undefined {
  return listOf(fieldsOf(fieldsOf(body).data).activeTargets)
    .map(fieldsOf)
    .filter(({ health, labels }) => health === 'down' && fieldsOf(labels).job === 'kymo')
    .map(({ scrapeUrl, lastError }) => ({
      scrapeUrl: text(scrapeUrl),
      lastError: text(lastError),
    }))[0];
}

/** Whether it is an exporter that answers as Prometheus does. */
export const isKymo = (buildinfo: unknown): boolean =>
  fieldsOf(fieldsOf(buildinfo).data).application === 'Kymo';

/** A dashboard of Grafana. */
export interface DashboardPart {
  readonly uid: string;
  readonly title: string;
}

/** Dashboards that a search has found; `undefined` where it is no answer to one. */
export function dashboardsOf(body: unknown): DashboardPart[] | undefined {
  if (!Array.isArray(body)) return undefined;
  return body
    .map(fieldsOf)
    .map(({ uid, title }) => ({ uid: text(uid), title: text(title) }))
    .filter(({ uid, title }) => uid !== '' && title !== '');
}
