import { memo, useEffect, useState } from 'react';
import type { AlertRow } from '../../shared/alert-frames.js';
import { Sparkline } from '../../shared/Sparkline.js';
import { testIds } from '../../shared/test-ids.js';
import type { RowCurves } from './row-curves.js';

interface RowCurveProps {
  readonly row: AlertRow;
  readonly curves: RowCurves | undefined;
  readonly color: string;
}

const WIDTH = 76;
const HEIGHT = 30;

/** The value around the start of an alert, small; its room is kept while there is none. */
export const RowCurve = memo(function RowCurve({ row, curves, color }: RowCurveProps) {
  const [curve, setCurve] = useState(() => curves?.known(row));
  // Not with every value that comes.
  useEffect(() => {
    setCurve(curves?.known(row));
    return curves?.watch(row, setCurve);
  }, [curves, row.fingerprint, row.since, row.state]);
  const isDrawn = curve !== undefined && curve.times.length > 1;
  return (
    <div
      style={{ flex: `0 0 ${WIDTH}px`, height: HEIGHT }}
      data-testid={testIds.alertRowCurve}
      data-drawn={isDrawn}
    >
      {isDrawn && (
        <Sparkline {...{ curve, color, width: WIDTH, height: HEIGHT }} fill="transparent" />
      )}
    </div>
  );
}, isOfTheSame);

function isOfTheSame(before: RowCurveProps, after: RowCurveProps): boolean {
  return (
    before.curves === after.curves &&
    before.color === after.color &&
    before.row.fingerprint === after.row.fingerprint &&
    before.row.since === after.row.since &&
    before.row.state === after.row.state
  );
}
