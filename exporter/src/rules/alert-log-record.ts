import { KymoError } from '../lib/errors.js';
import type { Acknowledgement, Alert, Transition } from './alert.js';

/** A notification that a receiver has not taken yet. */
export interface Owed {
  readonly receiver: string;
  /** As it was when it began to fire or was resolved. */
  readonly alert: Alert;
}

/** A silence that mirrors an acknowledgement in an Alertmanager. */
export interface MirroredSilence {
  readonly fingerprint: string;
  /** Name of the Alertmanager. */
  readonly receiver: string;
  readonly id: string;
}

/** What happened to an alert. Times are Unix milliseconds. */
export type AlertEvent =
  | { readonly type: 'transition'; readonly time: number; readonly transition: Transition }
  | {
      readonly type: 'acknowledged';
      readonly time: number;
      readonly fingerprint: string;
      readonly acknowledgement: Acknowledgement;
    }
  | {
      readonly type: 'unacknowledged';
      readonly time: number;
      readonly fingerprint: string;
      /** Who took it back. */
      readonly by: string;
    };

/** One record of the log. Those of the second half are for snapshots. */
export type LogRecord =
  | (AlertEvent & { readonly type: 'transition'; readonly receivers: readonly string[] })
  | (AlertEvent & { readonly type: 'acknowledged' | 'unacknowledged' })
  | { readonly type: 'delivered'; readonly receiver: string; readonly keys: readonly string[] }
  | { readonly type: 'silenced'; readonly silence: MirroredSilence }
  | { readonly type: 'unsilenced'; readonly fingerprint: string; readonly receiver: string }
  | { readonly type: 'alert'; readonly alert: Alert }
  | { readonly type: 'owed'; readonly owed: Owed };

const TYPES: ReadonlySet<unknown> = new Set<LogRecord['type']>([
  'transition',
  'acknowledged',
  'unacknowledged',
  'delivered',
  'silenced',
  'unsilenced',
  'alert',
  'owed',
]);

/** Which notification it is: one for the beginning and one for the end of each time it fires. */
export function notificationKey({ fingerprint, firedAt, state }: Alert): string {
  return `${fingerprint}:${firedAt}:${state === 'inactive' ? 'resolved' : 'firing'}`;
}

export function encodeLogRecord(record: LogRecord): Buffer {
  // JSON has no NaN and no infinities, which are values that an alert may have.
  const text = JSON.stringify(record, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value,
  );
  return Buffer.from(text);
}

/** @throws KymoError `bad_record` */
export function decodeLogRecord(bytes: Buffer): LogRecord {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString(), (_, inner: unknown) => numberOf(inner) ?? inner);
  } catch (thrown) {
    throw new KymoError('bad_record', 'a record of the alert log is no JSON', { cause: thrown });
  }
  // The check sum vouches for the rest: we have written it.
  if (typeof value === 'object' && value !== null && 'type' in value && TYPES.has(value.type)) {
    return value as LogRecord;
  }
  throw new KymoError('bad_record', 'a record of the alert log is of an unknown type');
}

function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('number' in value)) return undefined;
  return Object.keys(value).length === 1 && typeof value.number === 'string'
    ? Number(value.number)
    : undefined;
}
