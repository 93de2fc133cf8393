import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, useTheme2 } from '@grafana/ui';
import { countsOf, STANDING_LOOKS, type AlertCount } from './alert-standing.js';

/** How many alerts there are of each kind, the most urgent first. */
export function AlertCounts({ rows }: { readonly rows: readonly AlertCount[] }) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.counts}>
      {countsOf(rows).map(({ standing, count }) => {
        const { word, icon, tone } = STANDING_LOOKS[standing];
        const color = tone === undefined ? theme.colors.text.secondary : theme.colors[tone].text;
        return (
          <span key={standing} style={{ color }}>
            <Icon name={icon} size="sm" /> {count.toLocaleString()} {word}
          </span>
        );
      })}
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  counts: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 1.5),
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
  }),
});
