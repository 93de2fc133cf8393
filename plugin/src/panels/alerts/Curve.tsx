import { useTheme2 } from '@grafana/ui';
import type { AlertCurve } from '../../shared/alerts-door.js';
import { testIds } from '../../shared/test-ids.js';
import { valueText } from './comparison.js';
import { curveShape } from './curve-shape.js';

interface CurveProps {
  readonly curve: AlertCurve;
  readonly threshold: number | null;
  readonly unit: string | null;
  /** Unix milliseconds. */
  readonly since: number | null;
}

const WIDTH = 400;
const HEIGHT = 64;

/** The value around the start of an alert, with its threshold, and a line where it began. */
export function Curve({ curve, threshold, unit, since }: CurveProps) {
  const { colors, visualization } = useTheme2();
  const shape = curveShape(curve, { threshold, since }, { width: WIDTH, height: HEIGHT });
  if (shape === undefined) return null;
  const label =
    `From ${valueText(shape.low, unit)} to ${valueText(shape.high, unit)} around its start` +
    (threshold === null ? '' : `, threshold ${valueText(threshold, unit)}`);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width="100%"
      height={HEIGHT}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      data-testid={testIds.alertCurve}
    >
      <title>{label}</title>
      <g fill="none" strokeWidth={1.5} style={{ vectorEffect: 'non-scaling-stroke' }}>
        {shape.since !== undefined && (
          <path
            d={`M${shape.since} 0V${HEIGHT}`}
            stroke={colors.border.strong}
            vectorEffect="non-scaling-stroke"
          />
        )}
        {shape.threshold !== undefined && (
          <path
            d={`M0 ${shape.threshold}H${WIDTH}`}
            stroke={colors.error.text}
            strokeDasharray="4 3"
            vectorEffect="non-scaling-stroke"
          />
        )}
        <path
          d={shape.line}
          stroke={visualization.getColorByName('blue')}
          vectorEffect="non-scaling-stroke"
        />
      </g>
    </svg>
  );
}
