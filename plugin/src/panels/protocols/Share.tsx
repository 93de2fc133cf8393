import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { titled } from '../../shared/titled.js';
import { percent } from './insight.js';
import type { ProtocolRow } from './model.js';

interface ShareProps {
  readonly rows: readonly ProtocolRow[];
  readonly colorOf: (row: ProtocolRow) => string;
  readonly selected: string | undefined;
}

const titleOf = ({ name, share = 0 }: ProtocolRow): string => `${name}: ${percent(share)}`;
const FADED = 0.35;
const opacityOf = (row: ProtocolRow, selected: string | undefined): number =>
  selected === undefined || selected === row.key ? 1 : FADED;

/** Shares as one bar. */
export function ShareBar({ rows, colorOf, selected }: ShareProps) {
  const styles = useStyles2(stylesOf);
  return (
    <div
      className={styles.bar}
      role="img"
      aria-label={rows.map(titleOf).join(', ')}
      data-testid={testIds.protocolShare}
    >
      {rows.map((row) => (
        <i
          key={row.key}
          {...titled(() => titleOf(row))}
          style={{
            flexGrow: Math.round((row.share ?? 0) * 1000),
            background: colorOf(row),
            opacity: opacityOf(row, selected),
          }}
        />
      ))}
    </div>
  );
}

const RING = { size: 72, width: 12 };

/** Shares as a ring. */
export function ShareDonut({ rows, colorOf, selected }: ShareProps) {
  const styles = useStyles2(stylesOf);
  const radius = (RING.size - RING.width) / 2;
  const around = 2 * Math.PI * radius;
  const centre = RING.size / 2;
  let before = 0;
  return (
    <svg
      className={styles.donut}
      width={RING.size}
      height={RING.size}
      role="img"
      aria-label={rows.map(titleOf).join(', ')}
      data-testid={testIds.protocolShare}
    >
      {rows.map((row) => {
        const length = (row.share ?? 0) * around;
        const offset = before;
        before += length;
        return (
          <circle
            key={row.key}
            cx={centre}
            cy={centre}
            r={radius}
            fill="none"
            stroke={colorOf(row)}
            strokeWidth={RING.width}
            strokeDasharray={`${Math.max(0, length - 1)} ${around}`}
            strokeDashoffset={-offset}
            opacity={opacityOf(row, selected)}
            transform={`rotate(-90 ${centre} ${centre})`}
          >
            <title>{titleOf(row)}</title>
          </circle>
        );
      })}
    </svg>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    gap: 1,
    flex: '0 0 12px',
    height: 12,
    marginBottom: theme.spacing(0.75),
    // What moves within needs no new place for what is around.
    contain: 'strict',
    i: { minWidth: 1, flexBasis: 0 },
  }),
  donut: css({ alignSelf: 'center', flex: 'none', marginBottom: theme.spacing(0.75) }),
});
