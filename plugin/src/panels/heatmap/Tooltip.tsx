import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { xOf, type Cursor } from './cursor.js';
import { columnAt } from './grid.js';
import type { Layout } from './layout.js';
import { cellAt, rowText, type Scene } from './scene.js';
import { shadeOf } from './shade.js';

interface TooltipProps {
  readonly cursor: Cursor;
  readonly scene: Scene;
  readonly layout: Layout;
  /** Of the whole map, CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly clock: (time: number) => string;
}

const AWAY = 12;
const LEAST_HEIGHT = 96;

/** What a cell says, beside a frame around it. */
export function Tooltip({ cursor, scene, layout, width, height, clock }: TooltipProps) {
  const styles = useStyles2(stylesOf);
  const { grid, rowScale, curves, boundText, valueText, shades, scale } = scene;
  const column = columnAt(grid.columns, cursor.time);
  const value = cellAt(scene, column, cursor.row);
  const { plot } = layout;
  const band = rowScale.bands[cursor.row];
  const cell = plot.width / grid.columns.count;
  const right = xOf(cursor.time, layout, grid) ?? plot.x;
  const top = plot.y + (1 - band.top) * plot.height;
  const [red, green, blue] = shades[shadeOf(value ?? 0, scale)];
  const side = right > width / 2 ? { right: width - right + cell + AWAY } : { left: right + AWAY };
  return (
    <>
      <div
        className={styles.cell}
        style={{
          left: right - cell,
          top,
          width: Math.max(3, cell),
          height: Math.max(3, (band.top - band.bottom) * plot.height),
        }}
      />
      <div
        className={styles.tooltip}
        style={{ ...side, top: Math.max(0, Math.min(top, height - LEAST_HEIGHT)) }}
        data-testid={testIds.heatmapTooltip}
      >
        <div className={styles.time}>{clock(cursor.time)}</div>
        <div className={styles.row}>
          <i style={{ background: `rgb(${red}, ${green}, ${blue})` }} />
          <span>{rowText(scene, cursor.row)}</span>
          <b>{value === undefined ? 'no value' : valueText(value)}</b>
        </div>
        {curves.map(({ label, values }) =>
          values[column] > 0 ? (
            <div key={label} className={styles.row}>
              <i />
              <span>{label}</span>
              <b>{boundText(values[column])}</b>
            </div>
          ) : null,
        )}
      </div>
    </>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  cell: css({
    position: 'absolute',
    border: `1px solid ${theme.colors.text.maxContrast}`,
    pointerEvents: 'none',
  }),
  tooltip: css({
    position: 'absolute',
    zIndex: 1,
    padding: theme.spacing(0.75, 1),
    background: theme.colors.background.elevated,
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z2,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
    pointerEvents: 'none',
  }),
  time: css({ color: theme.colors.text.secondary }),
  row: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    span: { flex: 1 },
    b: { fontWeight: theme.typography.fontWeightMedium },
    i: { width: 10, height: 10, borderRadius: theme.shape.radius.sm },
  }),
});
