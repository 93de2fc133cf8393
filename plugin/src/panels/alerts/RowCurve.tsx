import { memo } from 'react';
import type { AlertCurve } from '../../shared/alerts-door.js';
import { Sparkline } from '../../shared/Sparkline.js';
import { testIds } from '../../shared/test-ids.js';

interface RowCurveProps {
  readonly curve: AlertCurve | undefined;
  readonly color: string;
}

const WIDTH = 76;
const HEIGHT = 30;

/** The value around the start of an alert, small; its room is kept while there is none. */
export const RowCurve = memo(function RowCurve({ curve, color }: RowCurveProps) {
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
});
