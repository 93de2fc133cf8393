import { dateTimeFormat } from '@grafana/data';
import type { AlertRow } from '../../shared/alert-frames.js';
import type { AlertPast } from '../../shared/alerts-door.js';
import { spanText } from '../../shared/span-text.js';

/** A time of day; with the date where it is not of today. */
export function timeText(time: number): string {
  const sameDay = new Date(time).toDateString() === new Date().toDateString();
  return dateTimeFormat(time, { format: sameDay ? 'HH:mm:ss' : 'YYYY-MM-DD HH:mm' });
}

/** Who has acknowledged an alert, until when and why. */
export function acknowledgementText({ acknowledgedBy, until, comment }: AlertRow): string {
  const end = until === null ? '' : ` until ${timeText(until)}`;
  return `acknowledged by ${acknowledgedBy ?? ''}${end}${comment === null ? '' : ` · “${comment}”`}`;
}

/** When an alert ended, after how long, and why where its past says so. */
export function resolvedText({ firedAt, resolvedAt }: AlertRow, end?: AlertPast): string {
  const at = resolvedAt ?? end?.time;
  if (at === undefined) return 'resolved';
  const fired = firedAt !== null && firedAt < at ? ` after ${spanText(at - firedAt)}` : '';
  const why = end?.text ? `: ${end.text}` : '';
  return `resolved at ${timeText(at)}${fired}${why}`;
}
