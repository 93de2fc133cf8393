import {
  colorManipulator,
  dateTimeFormat,
  dateTimeForTimeZone,
  type GrafanaTheme2,
} from '@grafana/data';
import { show } from './figures.js';
import { outliersOf, type Band, type Curve, type Subject } from './model.js';
import { labelX, ticksOf, timeTicksOf, xOf, yOf, type Plot, type Shown } from './plot.js';
import { thresholdsOf } from './thresholds.js';

export interface Look {
  readonly theme: GrafanaTheme2;
  readonly timeZone: string;
  readonly shown: Shown;
  /** The values are not of now. */
  readonly old: boolean;
}

type Context = CanvasRenderingContext2D;

const DASHES = [5, 4];
const OUTLIER = 3;

/** Draws a subject: grid, band, the period before, forecast, curve and its outliers. */
export function drawSubject(context: Context, plot: Plot, subject: Subject, look: Look): void {
  const { theme, shown } = look;
  const colors = colorsOf(look);
  drawGrid(context, plot, subject, look);
  drawThresholds(context, plot, subject, look);
  context.save();
  context.beginPath();
  context.rect(plot.left, plot.top - 4, plot.width + 4, plot.height + 8);
  context.clip();
  const { expected, previous, forecast, curve } = subject;
  if (shown.band && expected !== undefined) fillBand(context, plot, expected, colors.band);
  if (shown.forecast && forecast !== undefined) {
    fillBand(context, plot, forecast, colors.band);
    strokeCurve(context, plot, forecast, { color: colors.curve, dashes: DASHES, width: 1.5 });
  }
  if (shown.previous && previous !== undefined) {
    strokeCurve(context, plot, previous, { color: colors.grey, dashes: [3, 3], width: 1 });
  }
  strokeCurve(context, plot, curve, { color: colors.curve, dashes: [], width: 1.5 });
  if (shown.band && expected !== undefined) {
    context.fillStyle = theme.colors.error.main;
    for (const { time, value } of outliersOf(expected)) {
      context.beginPath();
      context.arc(xOf(plot, time), yOf(plot, value), OUTLIER, 0, 2 * Math.PI);
      context.fill();
    }
  }
  context.restore();
  if (shown.forecast && forecast !== undefined) drawNow(context, plot, subject, look);
}

function colorsOf({ theme, old }: Look) {
  const curve = old ? theme.colors.text.secondary : theme.visualization.getColorByName('blue');
  return {
    curve,
    band: colorManipulator.alpha(curve, theme.isDark ? 0.18 : 0.14),
    grey: colorManipulator.alpha(theme.colors.text.secondary, 0.8),
  };
}

function drawGrid(
  context: Context,
  plot: Plot,
  { field }: Subject,
  { theme, timeZone }: Look,
): void {
  context.font = `${theme.typography.bodySmall.fontSize} ${theme.typography.fontFamily}`;
  context.fillStyle = theme.colors.text.secondary;
  context.strokeStyle = theme.colors.border.weak;
  context.lineWidth = 1;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const value of ticksOf(plot.values, Math.max(2, Math.floor(plot.height / 44)))) {
    const y = Math.round(yOf(plot, value)) + 0.5;
    context.beginPath();
    context.moveTo(plot.left, y);
    context.lineTo(plot.left + plot.width, y);
    context.stroke();
    context.fillText(show(field, value), plot.left - 6, y);
  }
  context.textBaseline = 'alphabetic';
  context.textAlign = 'center';
  const { times } = plot;
  const offset = dateTimeForTimeZone(timeZone, times.to).utcOffset() * 60_000;
  const ticks = timeTicksOf(times, Math.max(2, Math.floor(plot.width / 90)), offset);
  const format = timeFormat(times.to - times.from, ticks);
  for (const time of ticks) {
    const text = dateTimeFormat(time, { format, timeZone });
    const x = labelX(plot, time, context.measureText(text).width);
    context.fillText(text, x, plot.top + plot.height + 16);
  }
}

/** Those within the drawing: what is far from them keeps its shape. */
function drawThresholds(context: Context, plot: Plot, { field }: Subject, { theme }: Look): void {
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  for (const { value, color } of thresholdsOf(field)) {
    if (value < plot.values.from || value > plot.values.to) continue;
    const y = Math.round(yOf(plot, value)) + 0.5;
    context.strokeStyle = theme.visualization.getColorByName(color);
    context.beginPath();
    context.moveTo(plot.left, y);
    context.lineTo(plot.left + plot.width, y);
    context.stroke();
  }
  context.setLineDash([]);
}

function timeFormat(span: number, ticks: readonly number[]): string {
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : span;
  if (step < 60_000) return 'HH:mm:ss';
  return step < 24 * 3_600_000 ? 'HH:mm' : 'MMM D';
}

function drawNow(context: Context, plot: Plot, { curve }: Subject, { theme }: Look): void {
  const start = curve.times.at(-1);
  if (start === undefined) return;
  const x = Math.round(xOf(plot, start)) + 0.5;
  context.strokeStyle = theme.colors.border.strong;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, plot.top);
  context.lineTo(x, plot.top + plot.height);
  context.stroke();
  context.fillStyle = theme.colors.text.secondary;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.fillText('now', x + 4, plot.top);
}

interface Stroke {
  readonly color: string;
  readonly dashes: readonly number[];
  readonly width: number;
}

function strokeCurve(context: Context, plot: Plot, curve: Curve, stroke: Stroke): void {
  context.strokeStyle = stroke.color;
  context.lineWidth = stroke.width;
  context.lineJoin = 'round';
  context.setLineDash([...stroke.dashes]);
  for (const rows of runsOf(curve.values)) {
    context.beginPath();
    for (const row of rows) {
      context.lineTo(xOf(plot, curve.times[row]), yOf(plot, curve.values[row] ?? 0));
    }
    // A value between two holes is a point, not nothing.
    if (rows.length === 1)
      context.lineTo(xOf(plot, curve.times[rows[0]]) + 1, yOf(plot, curve.values[rows[0]] ?? 0));
    context.stroke();
  }
  context.setLineDash([]);
}

function fillBand(
  context: Context,
  plot: Plot,
  { times, lower, upper }: Band,
  color: string,
): void {
  context.fillStyle = color;
  for (const rows of runsOf(
    lower.map((low, row) => (low === null ? null : (upper[row] ?? null))),
  )) {
    context.beginPath();
    for (const row of rows) context.lineTo(xOf(plot, times[row]), yOf(plot, upper[row] ?? 0));
    for (const row of [...rows].reverse()) {
      context.lineTo(xOf(plot, times[row]), yOf(plot, lower[row] ?? 0));
    }
    context.fill();
  }
}

/** Rows with values, a list for each stretch without a hole. */
function runsOf(values: readonly (number | null)[]): number[][] {
  const runs: number[][] = [];
  let run: number[] = [];
  values.forEach((value, row) => {
    if (value === null || !Number.isFinite(value)) {
      run = [];
      return;
    }
    if (run.length === 0) runs.push(run);
    run.push(row);
  });
  return runs;
}
