import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { useLayoutEffect, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import { testIds } from '../../shared/test-ids.js';
import { drawSubject } from './draw.js';
import { outliersOf, type Subject } from './model.js';
import { nearestRow, plotOf, timeAt, xOf, type Plot, type Shown } from './plot.js';
import { pointAt, summaryInWords } from './words.js';

interface CurveViewProps {
  readonly subject: Subject;
  readonly shown: Shown;
  readonly old: boolean;
  readonly timeZone: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly canvas: RefObject<HTMLCanvasElement>;
  /** Where the crosshair is, Unix milliseconds; shared with other panels. */
  readonly cursor: number | undefined;
  readonly onCursor: (time: number | undefined) => void;
}

const LABELS = 64;

/** The curve with all that is drawn around it; the arrow keys walk over its points. */
export function CurveView(props: CurveViewProps) {
  const { subject, shown, old, timeZone, width, height, canvas, cursor, onCursor } = props;
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const plot = plotOf(subject, shown, { width, height, labels: LABELS });

  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (canvas.current === null || context === null || context === undefined) return;
    const ratio = window.devicePixelRatio;
    canvas.current.width = Math.round(width * ratio);
    canvas.current.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    drawSubject(context, plot, subject, { theme, timeZone, shown, old });
  });

  const onPointer = ({ currentTarget, clientX }: PointerEvent<HTMLDivElement>): void => {
    const x = clientX - currentTarget.getBoundingClientRect().left;
    onCursor(x < plot.left || x > plot.left + plot.width ? undefined : timeAt(plot, x));
  };
  const onKey = (event: KeyboardEvent): void => {
    const time = walk(subject, cursor, event.key);
    if (time === undefined) return;
    event.preventDefault();
    onCursor(time === null ? undefined : time);
  };
  const isInside = cursor !== undefined && cursor >= plot.times.from && cursor <= plot.times.to;
  const label = summaryInWords(subject, timeZone);
  const said = isInside ? `${clock(cursor, timeZone)}: ${wordsAt(subject, cursor)}` : label;
  return (
    <div
      className={styles.curve}
      style={{ width, height }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={plot.times.from}
      aria-valuemax={plot.times.to}
      aria-valuenow={isInside ? Math.round(cursor) : plot.times.to}
      aria-valuetext={said}
      data-testid={testIds.analysisCurve}
      onPointerMove={onPointer}
      onPointerLeave={() => onCursor(undefined)}
      onKeyDown={onKey}
    >
      <canvas ref={canvas} style={{ width, height, display: 'block' }} aria-hidden />
      {isInside && <Crosshair {...{ plot, subject, timeZone, width }} time={cursor} />}
    </div>
  );
}

interface CrosshairProps {
  readonly plot: Plot;
  readonly subject: Subject;
  readonly timeZone: string;
  readonly width: number;
  readonly time: number;
}

const TOOLTIP = 190;

function Crosshair({ plot, subject, timeZone, width, time }: CrosshairProps) {
  const styles = useStyles2(stylesOf);
  const x = xOf(plot, time);
  const side = x + TOOLTIP > width ? { right: width - x + 8 } : { left: x + 8 };
  return (
    <>
      <div className={styles.line} style={{ left: x, top: plot.top, height: plot.height }} />
      <div className={styles.tooltip} style={side} data-testid={testIds.analysisTooltip}>
        <div>{clock(time, timeZone)}</div>
        {pointAt(subject, time).map(({ label, text }) => (
          <div key={label} className={styles.row}>
            <span>{label}</span>
            <b>{text}</b>
          </div>
        ))}
      </div>
    </>
  );
}

const clock = (time: number, timeZone: string): string =>
  dateTimeFormat(time, { format: 'MMM D, HH:mm:ss', timeZone });

const wordsAt = (subject: Subject, time: number): string =>
  pointAt(subject, time)
    .map(({ label, text }) => `${label} ${text}`)
    .join(', ');

/** Where a key leads: `null` away from the curve, `undefined` where the key is not one of ours. */
function walk(subject: Subject, from: number | undefined, key: string): number | null | undefined {
  const { curve, expected, forecast } = subject;
  const times = [...curve.times, ...(forecast?.times.slice(1) ?? [])];
  const row = from === undefined ? curve.times.length - 1 : nearestRow({ times }, from);
  const outliers = expected === undefined ? [] : outliersOf(expected).map(({ time }) => time);
  const here = times[row];
  switch (key) {
    case 'ArrowLeft':
      return times[Math.max(0, row - 1)];
    case 'ArrowRight':
      return times[Math.min(times.length - 1, row + 1)];
    case 'Home':
      return times[0];
    case 'End':
      return times.at(-1);
    case 'PageUp':
      return outliers.filter((time) => time < here).at(-1) ?? here;
    case 'PageDown':
      return outliers.find((time) => time > here) ?? here;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}

const stylesOf = (theme: GrafanaTheme2) => ({
  curve: css({
    position: 'relative',
    touchAction: 'pan-y',
    borderRadius: theme.shape.radius.default,
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
  }),
  line: css({
    position: 'absolute',
    width: 1,
    background: theme.colors.text.disabled,
    pointerEvents: 'none',
  }),
  tooltip: css({
    position: 'absolute',
    top: theme.spacing(1),
    minWidth: 130,
    maxWidth: TOOLTIP - 8,
    padding: theme.spacing(0.5, 1),
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    color: theme.colors.text.secondary,
    background: theme.colors.background.elevated,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    pointerEvents: 'none',
    whiteSpace: 'nowrap',
    b: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
  }),
  row: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(1.5) }),
});
