import { LoadingState } from '@grafana/data';
import { map, type Observable } from 'rxjs';
import { alertFrame } from '../../shared/alert-frames.js';
import { frameOfTrust } from '../frames.js';
import { failed, type Part } from '../parts.js';
import type { KymoQuery } from '../query.js';
import type { AlertsFeed } from './alerts-feed.js';
import { filterAlerts } from './filter.js';

interface AlertsTarget {
  readonly query: KymoQuery;
  /** Milliseconds of the time range. */
  readonly window: number;
}

/**
 * The alerts that a query is about, as they go on: a pause is of curves, and what fires meanwhile has to be
 * seen.
 * @param uid of the datasource
 */
export function alertsPart(
  feed: AlertsFeed,
  { query, window }: AlertsTarget,
  uid: string,
): Observable<Part> {
  return feed.watch().pipe(
    map(({ rows, ready, trust: said }): Part => {
      const trust = { ...said, datasource: uid, window };
      if (!ready && trust.reason !== undefined) return failed(query.refId, trust.reason);
      if (!ready)
        return { state: LoadingState.Loading, frames: [frameOfTrust(query.refId, trust)] };
      const meta = { kymo: trust, datasource: uid };
      const frame = alertFrame(filterAlerts(rows, query), query.refId, meta);
      return { state: LoadingState.Streaming, frames: [frame] };
    }),
  );
}
