import { css } from '@emotion/css';
import {
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
} from 'react';
import {
  dateTimeForTimeZone,
  dateTimeFormat,
  systemDateFormats,
  type EventBus,
  type GrafanaTheme2,
  type TimeZone,
} from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { cursorAt, moved, xOf, type Cursor } from './cursor.js';
import { drawMap, fontOf } from './draw.js';
import { columnAt, timeOf } from './grid.js';
import { layoutOf } from './layout.js';
import { CellPainter } from './painter.js';
import { busiestRow } from './rows.js';
import { cellText, rowMarks, type Scene } from './scene.js';
import { tellTime, useTimeOfOthers } from '../../shared/shared-time.js';
import { Tooltip } from './Tooltip.js';

interface HeatmapViewProps {
  readonly scene: Scene;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly withBars: boolean;
  readonly timeZone: TimeZone;
  readonly bus: EventBus;
}

/** Height that a label of rows needs. */
const MARK = 26;
/** As wide as any bound is. */
const WIDEST = '888.8 ms';

/** The map itself: cells, axes, lines, and the cell that is pointed at. */
export function HeatmapView({ scene, width, height, withBars, timeZone, bus }: HeatmapViewProps) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<CellPainter>();
  const [cursor, setCursor] = useState<Cursor>();
  const [said, setSaid] = useState('');
  const timeOfOthers = useTimeOfOthers(bus);
  const { grid, rowScale } = scene;
  const marks = useMemo(() => rowMarks(scene, Math.floor(height / MARK)), [scene, height]);
  const left = useMemo(
    () =>
      widest(
        marks.map(({ text }) => text),
        fontOf(theme),
      ),
    [marks, theme],
  );
  // The room does not follow the figures, so that nothing jumps.
  const labels = scene.curves.length === 0 ? 0 : widest([`p95 ${WIDEST}`], fontOf(theme));
  const layout = useMemo(
    () =>
      layoutOf(width, height, left, {
        bars: withBars && grid.kind !== 'series',
        labels,
      }),
    [width, height, left, withBars, grid.kind, labels],
  );

  useLayoutEffect(() => {
    const target = canvas.current;
    const context = target?.getContext('2d');
    if (target === null || context === null || context === undefined) return;
    const ratio = window.devicePixelRatio;
    fit(target, Math.round(width * ratio), Math.round(height * ratio));
    painter.current ??= new CellPainter(document.createElement('canvas'));
    painter.current.update(grid, scene.scale, scene.shades);
    const offset = dateTimeForTimeZone(timeZone, timeOf(grid.columns, 0)).utcOffset() * 60_000;
    const drawn = { scene, layout, marks, theme, timeZone, timeOffset: offset, ratio };
    drawMap(context, { ...drawn, painter: painter.current });
  }, [scene, grid, layout, marks, theme, timeZone, width, height]);

  const point = (next: Cursor | undefined): void => {
    setCursor(next);
    tellTime(bus, next?.time);
  };
  const onMove = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLDivElement>): void => {
    const { left: x, top: y } = currentTarget.getBoundingClientRect();
    point(cursorAt({ x: clientX - x, y: clientY - y }, layout, grid, rowScale));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      point(undefined);
      return;
    }
    const start = startOf(scene);
    const next = start && moved(cursor ?? start, event, grid, rowScale);
    if (next === undefined) return;
    event.preventDefault();
    point(next);
    setSaid(
      cellText(scene, columnAt(grid.columns, next.time), next.row, (time) => clock(time, timeZone)),
    );
  };
  const shown = cursor && xOf(cursor.time, layout, grid) !== undefined ? cursor : undefined;
  return (
    <div
      className={styles.view}
      style={{ width, height }}
      tabIndex={0}
      role="application"
      aria-label="Heatmap. Arrow keys move from cell to cell."
      data-testid={testIds.heatmap}
      onPointerMove={onMove}
      onPointerLeave={() => point(undefined)}
      onKeyDown={onKey}
    >
      <canvas ref={canvas} style={{ width, height, display: 'block' }} aria-hidden />
      <Crosshair at={shown?.time ?? timeOfOthers} {...{ layout, grid }} className={styles.line} />
      {shown !== undefined && (
        <Tooltip
          cursor={shown}
          {...{ scene, layout, width, height }}
          clock={(time) => clock(time, timeZone)}
        />
      )}
      <span className="sr-only" role="status" data-testid={testIds.heatmapSaid}>
        {said}
      </span>
    </div>
  );
}

interface CrosshairProps {
  /** Unix milliseconds. */
  readonly at: number | undefined;
  readonly layout: Parameters<typeof xOf>[1];
  readonly grid: Parameters<typeof xOf>[2];
  readonly className: string;
}

function Crosshair({ at, layout, grid, className }: CrosshairProps) {
  const x = at === undefined ? undefined : xOf(at, layout, grid);
  if (x === undefined) return null;
  const { y, height } = layout.plot;
  return (
    <div
      className={className}
      style={{ left: x, top: y, height }}
      data-testid={testIds.crosshair}
    />
  );
}

/** Where the keyboard begins. */
function startOf({ grid, rowScale }: Scene): Cursor | undefined {
  const busiest = busiestRow(grid);
  const row = busiest?.row ?? rowScale.first;
  return { time: timeOf(grid.columns, busiest?.column ?? grid.columns.count - 1), row };
}

/** Sizes a canvas; to set its size clears it and costs time, so only where it is another. */
function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

const measuring: { context?: CanvasRenderingContext2D | null } = {};

function widest(texts: readonly string[], font: string): number {
  measuring.context ??= document.createElement('canvas').getContext('2d');
  const { context } = measuring;
  if (context === null) return 0;
  context.font = font;
  return Math.max(0, ...texts.map((text) => context.measureText(text).width));
}

const clock = (time: number, timeZone: TimeZone): string =>
  dateTimeFormat(time, { timeZone, format: systemDateFormats.interval.second });

const stylesOf = (theme: GrafanaTheme2) => ({
  view: css({
    position: 'relative',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
  }),
  line: css({
    position: 'absolute',
    width: 1,
    background: theme.colors.text.primary,
    opacity: 0.6,
    pointerEvents: 'none',
  }),
});
