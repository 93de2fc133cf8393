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
      className={cx(styles.box, area === 'cards' && styles.bare)}
      style={{ gridArea: area }}
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

const stylesOf = (theme: GrafanaTheme2) => ({
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
