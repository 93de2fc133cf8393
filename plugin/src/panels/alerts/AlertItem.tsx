import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import type { AlertRow } from '../../shared/alert-frames.js';
import { standingOf, STANDING_LOOKS } from '../../shared/alert-standing.js';
import { spanText } from '../../shared/span-text.js';
import { testIds } from '../../shared/test-ids.js';
import { Acknowledge } from './Acknowledge.js';
import { AlertDetails } from './AlertDetails.js';
import { AlertTitle, Chips } from './AlertTitle.js';
import { comparisonText, exactText } from './comparison.js';
import { acknowledgementText } from './texts.js';
import type { Acting } from './use-alerts-door.js';

interface AlertItemProps {
  readonly row: AlertRow;
  readonly acting: Acting;
  /** Unix milliseconds. */
  readonly now: number;
  /** CSS pixels. */
  readonly width: number;
  readonly isOpen: boolean;
  readonly onToggle: (fingerprint: string) => void;
}

/** CSS pixels below which the button goes under the text. */
const NARROW = 420;

/** One alert: what it is, why, since when, and what to do. */
export function AlertItem({ row, acting, now, width, isOpen, onToggle }: AlertItemProps) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const standing = standingOf(row);
  const { tone } = STANDING_LOOKS[standing];
  const stripe = tone === undefined ? theme.colors.border.strong : theme.colors[tone].main;
  const quiet = standing === 'acknowledged' || standing === 'resolved';
  const until = row.state === 'inactive' ? (row.resolvedAt ?? now) : now;
  return (
    <div
      className={cx(styles.item, quiet && styles.quiet)}
      style={{ borderLeftColor: stripe }}
      data-testid={testIds.alert}
      data-alert={row.name}
      data-state={row.state}
      data-standing={standing}
    >
      <div className={cx(styles.line, width < NARROW && styles.narrow)}>
        <div className={styles.text}>
          <AlertTitle
            {...{ standing, isOpen, onToggle }}
            name={row.name}
            fingerprint={row.fingerprint}
          />
          <Chips labels={row.labels} />
          <div className={styles.why}>
            <b title={exactText(row)}>{comparisonText(row)}</b> {row.summary ?? row.explanation}
            {row.flapping && ' · flapping'}
            {row.state === 'recovering' && ' · recovering'}
          </div>
          {row.acknowledgedBy !== null && (
            <div className={styles.why}>{acknowledgementText(row)}</div>
          )}
        </div>
        <div className={styles.side}>
          <span
            className={styles.since}
            title={row.since === null ? '' : new Date(row.since).toISOString()}
          >
            {row.since === null ? '' : spanText(until - row.since)}
          </span>
          {row.state !== 'inactive' && <Acknowledge row={row} acting={acting} />}
          {row.runbook !== null && (
            <a className={styles.link} href={row.runbook} target="_blank" rel="noreferrer">
              runbook
            </a>
          )}
        </div>
      </div>
      {isOpen && <AlertDetails row={row} acting={acting} />}
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  item: css({ borderLeft: '3px solid', padding: theme.spacing(0.75, 1) }),
  quiet: css({ color: theme.colors.text.secondary }),
  line: css({ display: 'flex', gap: theme.spacing(1), justifyContent: 'space-between' }),
  narrow: css({ flexDirection: 'column' }),
  text: css({ minWidth: 0, flex: 1 }),
  why: css({
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    fontVariantNumeric: 'tabular-nums',
    overflowWrap: 'anywhere',
    b: { color: theme.colors.text.primary },
  }),
  side: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-end',
    gap: theme.spacing(0.5),
  }),
  since: css({
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
  }),
  link: css({ fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.text.link }),
});
