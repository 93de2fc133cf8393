import type { DataFrame } from '@grafana/data';
import { alertFrame, type AlertRow } from '../../shared/alert-frames.js';
import { filterAlerts } from '../alerts/filter.js';
import type { Kind } from './kind.js';

/** Every time that an alert fired within the range, as it was at the end, or is now. */
export const alertHistory: Kind = async ({ query, start, end }, { alerts, uid }) => {
  const fired = (await alerts.fired(start)).filter(
    ({ firedAt, resolvedAt }) => (firedAt ?? 0) <= end && (resolvedAt ?? end) >= start,
  );
  const rows = [...filterAlerts(fired, query)].sort(byStart);
  return [alertFrame(rows, query.refId, { datasource: uid })] satisfies DataFrame[];
};

const byStart = (a: AlertRow, b: AlertRow): number => (a.firedAt ?? 0) - (b.firedAt ?? 0);
