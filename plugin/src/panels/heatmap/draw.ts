import { colorManipulator, type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { columnOf, timeOf } from './grid.js';
import { spread, type Layout } from './layout.js';
import type { Area, CellPainter } from './painter.js';
import type { QuantileCurve, RowMark, Scene } from './scene.js';
import { shareOf } from './shade.js';
import { timeText } from './texts.js';
import { timeTicks } from './ticks.js';

export interface DrawInput {
  readonly scene: Scene;
  readonly layout: Layout;
  readonly marks: readonly RowMark[];
  readonly painter: CellPainter;
  readonly theme: GrafanaTheme2;
  readonly timeZone: TimeZone;
  /** Milliseconds that local time is ahead of UTC. */
  readonly timeOffset: number;
  /** Pixels of the device in one of CSS. */
  readonly ratio: number;
}

/** Text of axes and labels, CSS pixels. */
export const fontOf = ({ typography }: GrafanaTheme2): string =>
  `${typography.fontSize - 2}px ${typography.fontFamily}`;

const LINE = 14;
const TIME_ROOM = 90;
/** Cells at least as large have gaps between them. */
const GAPS_FROM = 5;

/** Draws a map into a canvas of the right size. */
export function drawMap(context: CanvasRenderingContext2D, input: DrawInput): void {
  const { scene, layout, painter, theme, ratio } = input;
  const { plot } = layout;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  const area = {
    x: Math.round(plot.x * ratio),
    y: Math.round(plot.y * ratio),
    width: Math.round(plot.width * ratio),
    height: Math.round(plot.height * ratio),
  };
  painter.draw(context, area, scene.rowScale);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawGaps(context, input);
  context.font = fontOf(theme);
  drawAxes(context, input);
  if (layout.bars !== undefined) drawBars(context, layout.bars, input);
  scene.curves.forEach((curve, index) => {
    drawCurve(context, curve, styleOf(index, scene.curves.length, theme), input);
  });
  drawLabels(context, input);
}

/** Lines in the background's colour that part cells, where these are large enough. */
function drawGaps(context: CanvasRenderingContext2D, { scene, layout, theme }: DrawInput): void {
  const { x, y, width, height } = layout.plot;
  const { first, last, bands } = scene.rowScale;
  const { count } = scene.grid.columns;
  context.fillStyle = theme.colors.background.primary;
  const cell = width / count;
  if (cell >= GAPS_FROM) {
    for (let column = 1; column < count; column += 1) {
      context.fillRect(x + column * cell - 0.5, y, 1, height);
    }
  }
  for (let row = first + 1; row <= last; row += 1) {
    const { bottom, top } = bands[row];
    if ((top - bottom) * height < GAPS_FROM) continue;
    context.fillRect(x, Math.round(y + (1 - bottom) * height) - 0.5, width, 1);
  }
}

function drawAxes(context: CanvasRenderingContext2D, input: DrawInput): void {
  const { scene, layout, marks, theme, timeZone, timeOffset } = input;
  const { plot } = layout;
  const { columns } = scene.grid;
  context.fillStyle = theme.colors.text.secondary;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const { height, text } of marks) {
    const y = plot.y + (1 - height) * plot.height;
    // Names may be shortened; a number never.
    const shown = scene.grid.kind === 'series' ? fitted(context, text, plot.x - 6) : text;
    context.fillText(shown, plot.x - 6, Math.max(LINE / 2, y));
  }
  context.textAlign = 'center';
  const end = timeOf(columns, columns.count - 1);
  const start = timeOf(columns, -1);
  const most = Math.max(1, Math.floor(plot.width / TIME_ROOM));
  const { step, times } = timeTicks(start, end, most, timeOffset);
  for (const time of times) {
    const x = plot.x + ((time - start) / (end - start)) * plot.width;
    if (x < plot.x + TIME_ROOM / 4 || x > plot.x + plot.width - TIME_ROOM / 4) continue;
    context.fillText(timeText(time, step, timeZone), x, plot.y + plot.height + LINE);
  }
}

/** A text, without its middle where it is too long. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  for (let length = text.length - 1; length > 2; length -= 1) {
    const half = length / 2;
    const short = `${text.slice(0, Math.ceil(half))}…${text.slice(-Math.floor(half))}`;
    if (context.measureText(short).width <= width) return short;
  }
  return '…';
}

/** The newest distribution, as bars in the colours of its cells. */
function drawBars(
  context: CanvasRenderingContext2D,
  area: Area,
  { scene, theme }: DrawInput,
): void {
  const { grid, rowScale, newest, scale, shades } = scene;
  context.fillStyle = theme.colors.text.secondary;
  context.textAlign = 'left';
  context.fillText('now', area.x, area.y + area.height + LINE);
  if (newest === undefined) return;
  const counts = columnOf(grid, newest);
  let most = 0;
  for (const count of counts) if (count > most) most = count;
  for (let row = rowScale.first; row <= rowScale.last; row += 1) {
    const count = counts[row];
    if (!(count > 0)) continue;
    const { bottom, top } = rowScale.bands[row];
    const y = area.y + (1 - top) * area.height;
    const height = Math.max(1, (top - bottom) * area.height - 1);
    const [red, green, blue] = shades[Math.round(shareOf(count, scale) * (shades.length - 1))];
    context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
    context.fillRect(area.x, y, Math.max(1, (count / most) * area.width), height);
  }
}

interface LineStyle {
  readonly color: string;
  readonly halo: string;
  readonly dash: readonly number[];
}

/** The highest quantile is the one that alarms; the others are lines that are told apart by dashes. */
function styleOf(index: number, count: number, theme: GrafanaTheme2): LineStyle {
  const halo = colorManipulator.alpha(theme.colors.background.primary, 0.7);
  const highest = count > 1 && index === count - 1;
  return {
    color: highest ? theme.colors.error.text : theme.colors.text.maxContrast,
    halo,
    dash: [[], [6, 3], [2, 2], [8, 2, 2, 2]][highest ? 1 : index === 0 ? 0 : index + 1] ?? [],
  };
}

function drawCurve(
  context: CanvasRenderingContext2D,
  { values }: QuantileCurve,
  { color, halo, dash }: LineStyle,
  { scene, layout }: DrawInput,
): void {
  const { x, y, width, height } = layout.plot;
  const cell = width / scene.grid.columns.count;
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.beginPath();
  let drawing = false;
  values.forEach((value, column) => {
    if (Number.isNaN(value)) {
      drawing = false;
      return;
    }
    const at = [
      x + (column + 0.5) * cell,
      y + (1 - scene.rowScale.heightOf(value)) * height,
    ] as const;
    if (drawing) context.lineTo(...at);
    else context.moveTo(...at);
    drawing = true;
  });
  context.lineJoin = 'round';
  context.strokeStyle = halo;
  context.lineWidth = 3;
  context.stroke();
  context.setLineDash([...dash]);
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.stroke();
  context.restore();
}

/** The newest value of each curve at its right end. */
function drawLabels(context: CanvasRenderingContext2D, input: DrawInput): void {
  const { scene, layout, theme } = input;
  const { plot, labels } = layout;
  if (labels + LINE > context.canvas.width / input.ratio) return;
  const shown = scene.curves.flatMap(({ label, last }, index) => {
    if (Number.isNaN(last)) return [];
    const y = plot.y + (1 - scene.rowScale.heightOf(last)) * plot.height;
    const { color } = styleOf(index, scene.curves.length, theme);
    return [{ text: `${label} ${scene.boundText(last)}`, y, color }];
  });
  const heights = spread(
    shown.map(({ y }) => y),
    LINE,
    plot.y + LINE / 2,
    plot.y + plot.height - LINE / 2,
  );
  context.textAlign = 'left';
  shown.forEach(({ text, color }, index) => {
    context.fillStyle = color;
    context.fillText(text, labels, heights[index]);
  });
}
