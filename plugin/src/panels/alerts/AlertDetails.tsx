import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { useEffect, useState } from 'react';
import type { AlertRow } from '../../shared/alert-frames.js';
import type { AlertCurve, AlertPast } from '../../shared/alerts-door.js';
import { testIds } from '../../shared/test-ids.js';
import { Curve } from './Curve.js';
import { resolvedText, timeText } from './texts.js';
import type { Acting } from './use-alerts-door.js';

interface AlertDetailsProps {
  readonly row: AlertRow;
  readonly acting: Acting;
  /** Nobody tells of it any more but its past. */
  readonly isGone: boolean;
}

interface Found {
  readonly past?: readonly AlertPast[];
  readonly curve?: AlertCurve;
  readonly problem?: string;
}

const MOST_EVENTS = 12;

/** All that is known of an alert. */
export function AlertDetails({ row, acting: { door }, isGone }: AlertDetailsProps) {
  const styles = useStyles2(stylesOf);
  const [{ past, curve, problem }, setFound] = useState<Found>({});
  const { fingerprint, state, acknowledgedAt } = row;
  useEffect(() => {
    if (door === undefined) return undefined;
    let gone = false;
    const add = (more: Found): void => {
      if (!gone) setFound((found) => ({ ...found, ...more }));
    };
    const fail = (thrown: unknown): void =>
      add({ problem: thrown instanceof Error ? thrown.message : String(thrown) });
    door.pastOf(fingerprint).then((found) => add({ past: found }), fail);
    door.curveOf(row).then((found) => add({ curve: found }), fail);
    return () => {
      gone = true;
    };
    // Not with every value that comes, but when something has happened to it.
  }, [door, fingerprint, state, acknowledgedAt, isGone]);
  const end = endOf(row, past, isGone);
  return (
    <div className={styles.details} data-testid={testIds.alertDetails}>
      {curve !== undefined && curve.times.length > 1 && (
        <Curve curve={curve} threshold={row.threshold} unit={row.unit} since={row.since} />
      )}
      {end !== undefined && <p data-testid={testIds.alertEnded}>{end}</p>}
      {row.expr !== null && <pre>{row.expr}</pre>}
      <dl>
        <Pairs pairs={row.labels} />
        <Pairs pairs={row.annotations} />
        {row.group !== null && <Pairs pairs={{ group: row.group }} />}
      </dl>
      {past !== undefined && (
        <ol>
          {past.slice(0, MOST_EVENTS).map(({ time, what, text }) => (
            <li key={`${time} ${what}`}>
              <time>{timeText(time)}</time> <b>{what}</b> {text}
            </li>
          ))}
        </ol>
      )}
      {problem !== undefined && <p role="alert">{problem}</p>}
    </div>
  );
}

/** How it was resolved; `undefined` where it was not, or nobody can say. */
function endOf(
  row: AlertRow,
  past: readonly AlertPast[] | undefined,
  isGone: boolean,
): string | undefined {
  const end = past?.find(({ what }) => what !== 'acknowledgement ended');
  if (row.state !== 'inactive' && !isGone) return undefined;
  if (end?.what === 'resolved') return resolvedText(row, end);
  return isGone ? undefined : resolvedText(row);
}

function Pairs({ pairs }: { readonly pairs: Readonly<Record<string, string>> }) {
  return Object.entries(pairs).map(([name, value]) => (
    <div key={name}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  ));
}

const stylesOf = (theme: GrafanaTheme2) => ({
  details: css({
    padding: theme.spacing(1, 0, 0.5),
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    p: { margin: theme.spacing(0.5, 0) },
    pre: { margin: theme.spacing(0.5, 0), padding: theme.spacing(0.5, 1), whiteSpace: 'pre-wrap' },
    dl: {
      display: 'grid',
      gridTemplateColumns: 'repeat(auto-fill, minmax(220px, 1fr))',
      gap: theme.spacing(0.25, 2),
      margin: theme.spacing(0.5, 0),
    },
    dt: { color: theme.colors.text.secondary, fontWeight: 'inherit', display: 'inline' },
    dd: { display: 'inline', marginLeft: theme.spacing(0.5), overflowWrap: 'anywhere' },
    ol: { listStyle: 'none', margin: theme.spacing(0.5, 0) },
    time: { color: theme.colors.text.secondary },
  }),
});
