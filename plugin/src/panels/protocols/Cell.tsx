import { css } from '@emotion/css';
import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, useTheme2 } from '@grafana/ui';
import { memo } from 'react';
import { Sparkline } from '../../shared/Sparkline.js';
import type { Status } from '../../shared/status.js';
import { statusLooks } from '../../shared/status-looks.js';
import { titled } from '../../shared/titled.js';
import { healthParts, percent } from './insight.js';
import type { Health, ProtocolRow, Reading } from './model.js';
import type { Role } from './options.js';
import type { ColumnId } from './table.js';
import { countText, readingText, withoutUnit } from './texts.js';

interface CellProps {
  readonly row: ProtocolRow;
  readonly column: ColumnId;
  readonly color: string;
}

const CURVE = { width: 54, height: 20 };

/** What a row says in a column. */
export function Cell({ row, column, color }: CellProps) {
  const styles = useStyles2(stylesOf);
  switch (column) {
    case 'name':
      return (
        <span className={styles.name}>
          <i style={{ background: color }} /> {row.name}
        </span>
      );
    case 'share':
      return (
        <span className={styles.quiet}>{row.share === undefined ? '–' : percent(row.share)}</span>
      );
    case 'rate':
      return <Exact reading={row.rate}>{withoutUnit(row.rate, 'rate')}</Exact>;
    case 'curve':
      return row.curve === undefined ? null : (
        <Sparkline
          curve={row.curve}
          color={color}
          fill={colorManipulator.alpha(color, 0)}
          {...CURVE}
        />
      );
    case 'latency':
      return <Figure reading={row.latency} role="latency" />;
    case 'errors':
      return <Figure reading={row.errors} role="errors" />;
    case 'active':
      return <Count reading={row.active} />;
    case 'idle':
      return (
        <span className={styles.quiet}>
          <Count reading={row.idle} />
        </span>
      );
    case 'health':
      return row.health === undefined ? null : <HealthBar health={row.health} />;
    case 'status':
      return <StatusWord status={row.status} />;
  }
}

function Exact({
  reading,
  children,
}: {
  readonly reading: Reading | undefined;
  readonly children: string;
}) {
  const exact = titled(() => (reading === undefined ? 'no value' : `${reading.value}`));
  return <span {...exact}>{children}</span>;
}

function Count({ reading }: { readonly reading: Reading | undefined }) {
  return <Exact reading={reading}>{reading === undefined ? '–' : countText(reading.value)}</Exact>;
}

/** Grey for what is normal, colour for what needs a person. */
function Figure({ reading, role }: { readonly reading: Reading | undefined; readonly role: Role }) {
  const theme = useTheme2();
  const status = reading?.status ?? 'ok';
  const color = status === 'ok' ? undefined : theme.colors[statusLooks[status].tone].text;
  return (
    <span style={{ color }}>
      <Exact reading={reading}>{readingText(reading, role)}</Exact>
    </span>
  );
}

/** Drawn anew for another status only: an icon costs more than a row of figures. */
export const StatusWord = memo(function StatusWord({ status }: { readonly status: Status }) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const { word, icon, tone } = statusLooks[status];
  return (
    <span className={styles.status} style={{ color: theme.colors[tone].text }}>
      <Icon key={icon} name={icon} size="sm" /> {word}
    </span>
  );
});

function HealthBar({ health }: { readonly health: Health }) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const parts = healthParts(health, countText);
  const words = parts.map(({ text }) => text).join(', ');
  const colors = {
    healthy: theme.colors.text.disabled,
    warning: theme.colors.warning.main,
    error: theme.colors.error.main,
  };
  return (
    <span className={styles.health} role="img" aria-label={words} {...titled(() => words)}>
      {parts.map(({ kind, share }) => (
        <i key={kind} style={{ flexGrow: Math.round(share * 100), background: colors[kind] }} />
      ))}
    </span>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  name: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    i: { flex: 'none', width: 9, height: 9, borderRadius: theme.shape.radius.sm },
  }),
  quiet: css({ color: theme.colors.text.secondary }),
  status: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(0.5) }),
  health: css({
    display: 'flex',
    gap: 1,
    height: 6,
    margin: '7px 0',
    borderRadius: theme.shape.radius.sm,
    overflow: 'hidden',
    i: { flexBasis: 0 },
  }),
});
