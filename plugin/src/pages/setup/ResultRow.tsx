import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, useTheme2, type IconName } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { Words } from '../Words.js';
import { STATE_WORDS, type Result, type ResultState } from './result.js';

const looks: Readonly<
  Record<ResultState, { icon: IconName; tone?: 'success' | 'warning' | 'error' }>
> = {
  ok: { icon: 'check', tone: 'success' },
  warning: { icon: 'exclamation-triangle', tone: 'warning' },
  failed: { icon: 'exclamation-circle', tone: 'error' },
  unknown: { icon: 'question-circle' },
};

/** What one check came to, and what to do about it. */
export function ResultRow({ check, state, detail, remedy }: Result) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const { icon, tone } = looks[state];
  const color = tone === undefined ? theme.colors.text.secondary : theme.colors[tone].text;
  return (
    <li
      className={styles.row}
      data-testid={testIds.setupResult}
      data-check={check}
      data-state={state}
    >
      <span className={styles.state} style={{ color }}>
        <Icon name={icon} /> {STATE_WORDS[state]}
      </span>
      <span className={styles.check}>{check}</span>
      <span className={styles.found}>
        <Words text={detail} />
        {remedy !== undefined && (
          <span className={styles.remedy}>
            <Icon name="arrow-right" size="sm" /> <Words text={remedy} />
          </span>
        )}
      </span>
    </li>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'grid',
    gridTemplateColumns: `${theme.spacing(12)} ${theme.spacing(12)} minmax(0, 1fr)`,
    gap: theme.spacing(0, 1),
    padding: theme.spacing(0.75, 0),
    borderTop: `1px solid ${theme.colors.border.weak}`,
    [theme.breakpoints.down('sm')]: {
      gridTemplateColumns: `${theme.spacing(12)} minmax(0, 1fr)`,
      '& > :last-child': { gridColumn: '1 / -1' },
    },
  }),
  state: css({ whiteSpace: 'nowrap' }),
  check: css({ fontWeight: theme.typography.fontWeightMedium }),
  found: css({ overflowWrap: 'anywhere' }),
  remedy: css({ display: 'block', color: theme.colors.text.secondary }),
});
