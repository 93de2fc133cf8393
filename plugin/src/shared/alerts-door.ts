import type { CallerAnswer } from '@kymo/contract';
import { getDataSourceSrv } from '@grafana/runtime';
import type { AlertRow } from './alert-frames.js';

/** Something that happened to an alert; the time is in Unix milliseconds. */
export interface AlertPast {
  readonly time: number;
  /** Such as `firing` or `acknowledged`. */
  readonly what: string;
  /** The reason, or who it was and what they said. */
  readonly text: string;
}

/** What is unusual of a series that is scored, when it was asked. */
export interface Unusual {
  readonly value: number;
  /** The band in which it was expected. */
  readonly lower: number;
  readonly upper: number;
  /** Of all three, as Grafana calls it. */
  readonly unit: string | null;
  /** What was found, in a few words; the strongest. */
  readonly finds: string | null;
}

/** The value that an alert watches, around its start; times in Unix milliseconds. */
export interface AlertCurve {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** Where the alert is about an anomaly score. */
  readonly unusual?: Unusual;
}

/**
 * What can be asked of, and done to, the alerts of a datasource. Each rejects with an Error that says, for
 * people, why it was not done.
 */
export interface AlertsDoor {
  /** Who the exporter takes the signed-in user for, and whether they may acknowledge. */
  caller(): Promise<CallerAnswer>;
  /** @param until Unix milliseconds; until it resolves by default */
  acknowledge(fingerprint: string, how: { comment: string; until?: number }): Promise<void>;
  endAcknowledgement(fingerprint: string): Promise<void>;
  /** The newest first. */
  pastOf(fingerprint: string): Promise<readonly AlertPast[]>;
  curveOf(alert: AlertRow): Promise<AlertCurve | undefined>;
}

/** The door of a datasource; `undefined` where it has none. */
export async function alertsDoorOf(uid: string): Promise<AlertsDoor | undefined> {
  const datasource: object = await getDataSourceSrv().get(uid);
  return 'alerts' in datasource ? (datasource.alerts as AlertsDoor) : undefined;
}
