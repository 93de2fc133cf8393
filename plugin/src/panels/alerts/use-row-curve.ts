import { useEffect, useState } from 'react';
import type { AlertRow } from '../../shared/alert-frames.js';
import type { AlertCurve } from '../../shared/alerts-door.js';
import type { RowCurves } from './row-curves.js';

/** The curve of a row that is in sight, as soon as it is there. */
export function useRowCurve(row: AlertRow, curves: RowCurves | undefined): AlertCurve | undefined {
  const [curve, setCurve] = useState(() => curves?.known(row));
  // Not with every value that comes.
  useEffect(() => {
    setCurve(curves?.known(row));
    return curves?.watch(row, setCurve);
  }, [curves, row.fingerprint, row.since, row.state]);
  return curve;
}
