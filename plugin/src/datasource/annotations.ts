import type { AnnotationEvent, AnnotationQuery, AnnotationSupport, DataFrame } from '@grafana/data';
import { of } from 'rxjs';
import { alertRows } from '../shared/alert-frames.js';
import { partOf } from '../shared/analysis-frames.js';
import { stretchesOf } from './kinds/anomalies.js';
import { DEFAULT_QUERY, migrateQuery, type KymoQuery, type QueryKind } from './query.js';

/** The kinds of queries that have events, with how their frames are read. */
const EVENTS: Partial<Readonly<Record<QueryKind, (frame: DataFrame) => AnnotationEvent[]>>> = {
  anomalies: anomalyEvents,
  alert_history: alertEvents,
};

/** Anomalies and alerts as regions of a dashboard's graphs. */
export const annotations: AnnotationSupport<KymoQuery, AnnotationQuery<KymoQuery>> = {
  getDefaultQuery: () => ({ ...DEFAULT_QUERY, kind: 'anomalies' }),
  prepareQuery: ({ target }) => {
    if (target === undefined) return undefined;
    const query = migrateQuery({ ...target });
    // Alerts as they are now say nothing of the time range.
    if (query.kind === 'alerts') return { ...query, kind: 'alert_history' };
    // Any other kind has values, but nothing that has happened.
    return EVENTS[query.kind] === undefined ? { ...query, kind: 'anomalies' } : query;
  },
  processEvents: ({ target }, frames) => {
    const saved = target === undefined ? 'anomalies' : migrateQuery({ ...target }).kind;
    const kind = saved === 'alerts' ? 'alert_history' : saved;
    return of(frames.flatMap(EVENTS[kind] ?? anomalyEvents));
  },
};

/** A region a stretch above 1. */
function anomalyEvents(frame: DataFrame): AnnotationEvent[] {
  const name = partOf(frame)?.series ?? '';
  return stretchesOf(frame).map(({ start, end, score, value, expected, votes }) => ({
    time: start * 1000,
    timeEnd: end * 1000,
    isRegion: end > start,
    title: `Anomaly of ${name}`,
    text:
      `${number(value)} where ${number(expected)} was expected: score ${score.toFixed(1)}, ` +
      `found by ${votes.map(({ detector }) => detector).join(', ')}`,
    tags: ['anomaly'],
  }));
}

/** A region for each time that an alert fired; one that still does goes on up to now. */
function alertEvents(frame: DataFrame): AnnotationEvent[] {
  return (alertRows(frame) ?? []).map((alert) => ({
    time: alert.firedAt ?? 0,
    timeEnd: alert.resolvedAt ?? Date.now(),
    isRegion: true,
    title: alert.name,
    text: alert.summary ?? alert.explanation ?? '',
    tags: ['alert', alert.severity ?? 'alert', ...Object.values(alert.labels)].filter(
      (tag, at, all) => tag !== alert.name && all.indexOf(tag) === at,
    ),
  }));
}

const number = (value: number): string => String(Number(value.toPrecision(3)));
