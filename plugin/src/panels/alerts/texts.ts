import { dateTimeFormat } from '@grafana/data';
import type { AlertRow } from '../../shared/alert-frames.js';

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
