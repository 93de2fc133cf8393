import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import type { Area } from './panels.js';

interface BoxProps {
  readonly title: string;
  readonly area: Area;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A panel's frame and title. */
export function Box({ title, area, aside, children }: BoxProps) {
  const styles = useStyles2(stylesOf);
  return (
    <section
      className={cx(styles.box, styles[area], area === 'cards' && styles.bare)}
      aria-label={title}
    >
      <header className={area === 'cards' ? styles.hidden : styles.head}>
        <h2 className={styles.title}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Columns of twelve on wide and middling screens; narrow ones have one. Height in CSS pixels. */
const place = (
  theme: GrafanaTheme2,
  wide: number,
  middling: number,
  height: number,
  narrow = height,
): string =>
  css({
    gridColumn: `span ${wide}`,
    height,
    [theme.breakpoints.down('lg')]: { gridColumn: `span ${middling}` },
    [theme.breakpoints.down('sm')]: { gridColumn: 'span 12', height: narrow },
  });

const stylesOf = (theme: GrafanaTheme2) => ({
  cards: css({
    gridColumn: 'span 12',
    height: 178,
    [theme.breakpoints.down('lg')]: { height: 346 },
    [theme.breakpoints.down('sm')]: { height: 500 },
  }),
  heatmap: place(theme, 7, 12, 300),
  protocols: place(theme, 5, 12, 300),
  timeline: place(theme, 6, 12, 260),
  cpu: place(theme, 3, 6, 260),
  memory: place(theme, 3, 6, 260),
  // Where there is no room beside the curve, what stands out is below it.
  analysis: place(theme, 8, 12, 320, 560),
  alerts: place(theme, 4, 12, 320),
  box: css({
    display: 'flex',
    flexDirection: 'column',
    minWidth: 0,
    padding: theme.spacing(1),
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  bare: css({ padding: 0, border: 0, background: 'none' }),
  head: css({
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'baseline',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(0.5),
  }),
  hidden: css({
    position: 'absolute',
    width: 1,
    height: 1,
    overflow: 'hidden',
    clipPath: 'inset(50%)',
  }),
  title: css({
    margin: 0,
    fontSize: theme.typography.body.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
  }),
});
