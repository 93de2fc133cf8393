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

/** The value that an alert watches, around its start; times in Unix milliseconds. */
export interface AlertCurve {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
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
