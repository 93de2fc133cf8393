import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import type { AlertRow } from '../../shared/alert-frames.js';
import { standingOf, STANDING_LOOKS } from '../../shared/alert-standing.js';
import { spanText } from '../../shared/span-text.js';
import { testIds } from '../../shared/test-ids.js';
import { titled } from '../../shared/titled.js';
import { Acknowledge } from './Acknowledge.js';
import { AlertDetails } from './AlertDetails.js';
import { AlertTitle, Chips } from './AlertTitle.js';
import { comparisonText, exactText, unusualText } from './comparison.js';
import { RowCurve } from './RowCurve.js';
import type { RowCurves } from './row-curves.js';
import { acknowledgementText, resolvedText } from './texts.js';
import { useRowCurve } from './use-row-curve.js';
import type { Acting } from './use-alerts-door.js';

interface AlertItemProps {
  readonly row: AlertRow;
  readonly acting: Acting;
  /** Unix milliseconds. */
  readonly now: number;
  /** CSS pixels. */
  readonly width: number;
  readonly isOpen: boolean;
  /** Nobody tells of it any more. */
  readonly isGone: boolean;
  readonly curves: RowCurves | undefined;
  readonly onToggle: (fingerprint: string) => void;
}

/** CSS pixels below which there is no curve, and below which the button goes under the text. */
const NO_CURVE = 440;
const NARROW = 420;

/** One alert: what it is, why, since when, and what to do. */
export function AlertItem(props: AlertItemProps) {
  const { row, acting, now, width, isOpen, isGone, curves, onToggle } = props;
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const standing = standingOf(row);
  const hasCurve = width >= NO_CURVE;
  // What is unusual comes with it, and is told at any width.
  const curve = useRowCurve(row, hasCurve || row.labels.watch !== undefined ? curves : undefined);
  const { tone } = STANDING_LOOKS[standing];
  const stripe = tone === undefined ? theme.colors.border.strong : theme.colors[tone].main;
  const quiet = standing === 'acknowledged' || standing === 'resolved' || isGone;
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
            <b {...titled(() => exactText(row) ?? '')}>{comparisonText(row)}</b> {row.summary}
            {row.explanation !== null && row.explanation !== row.summary && (
              <span data-testid={testIds.alertExplanation}>
                {row.summary !== null && ' · '}
                {row.explanation}
              </span>
            )}
            {curve?.unusual !== undefined && row.state !== 'inactive' && (
              <span data-testid={testIds.alertUnusual}> · {unusualText(curve.unusual)}</span>
            )}
            {row.flapping && ' · flapping'}
            {row.state === 'recovering' && ' · recovering'}
          </div>
          {row.state === 'inactive' && <div className={styles.why}>{resolvedText(row)}</div>}
          {isGone && <div className={styles.why}>no longer listed by the exporter</div>}
          {row.acknowledgedBy !== null && (
            <div className={styles.why}>{acknowledgementText(row)}</div>
          )}
        </div>
        {hasCurve && (
          <RowCurve
            curve={curve}
            color={
              tone === undefined || quiet ? theme.colors.text.secondary : theme.colors[tone].text
            }
          />
        )}
        <div className={styles.side}>
          <span
            className={styles.since}
            title={row.since === null ? '' : new Date(row.since).toISOString()}
          >
            {row.since === null ? '' : spanText(until - row.since)}
          </span>
          {row.state !== 'inactive' && !isGone && <Acknowledge row={row} acting={acting} />}
          {row.runbook !== null && (
            <a
              className={styles.link}
              href={row.runbook}
              target="_blank"
              rel="noreferrer"
              data-testid={testIds.alertRunbook}
            >
              runbook
            </a>
          )}
        </div>
      </div>
      {isOpen && <AlertDetails row={row} acting={acting} isGone={isGone} />}
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  item: css({ borderLeft: '3px solid', padding: theme.spacing(0.75, 1) }),
  quiet: css({ color: theme.colors.text.secondary }),
  line: css({ display: 'flex', gap: theme.spacing(1), justifyContent: 'space-between' }),
  narrow: css({
    flexDirection: 'column',
    gap: theme.spacing(0.5),
    '> :last-child': { flexDirection: 'row', alignItems: 'center' },
  }),
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
    // As wide as its button, so that curves stand one below the other.
    minWidth: 104,
  }),
  since: css({
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
  }),
  link: css({ fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.text.link }),
});
