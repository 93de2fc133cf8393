import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { usePage } from './page.js';
import { live } from './panels.js';
import { usePanelData } from './usePanelData.js';
import { ValueBox } from './ValueBox.js';
import { newestOf, written } from './values.js';

const cache = '(node_memory_Cached_bytes + node_memory_SReclaimable_bytes)';
const targets = live(
  [
    `node_memory_MemTotal_bytes - node_memory_MemFree_bytes - node_memory_Buffers_bytes - ${cache}`,
    'application',
  ],
  [cache, 'cache'],
  ['node_memory_Buffers_bytes', 'buffers'],
  ['node_memory_MemFree_bytes', 'free'],
  ['node_memory_SwapTotal_bytes - node_memory_SwapFree_bytes', 'swap'],
  ['node_memory_SwapTotal_bytes', 'swap of all'],
);
const parts = [
  { refId: 'A', name: 'application', color: 'blue' },
  { refId: 'B', name: 'cache', color: 'purple' },
  { refId: 'C', name: 'buffers', color: 'orange' },
  { refId: 'D', name: 'free', color: undefined },
] as const;

/** Beyond the memory itself: what had to leave it. */
const SWAP = { refId: 'E', name: 'swap', color: 'red' } as const;

/** What memory is used for, as one bar with figures. */
export function Memory() {
  const styles = useStyles2(stylesOf);
  const theme = useTheme2();
  const answer = usePanelData(usePage().datasource, targets, 60_000);
  const { frames } = answer;
  const value = (refId: string): number | undefined => newestOf(frames, refId)[0]?.value;
  const colorOf = (color: string | undefined): string =>
    color === undefined
      ? theme.colors.background.secondary
      : theme.visualization.getColorByName(color);
  const all = parts.reduce((sum, { refId }) => sum + (value(refId) ?? 0), 0);
  const swap = value('F');
  const bar = [...parts, SWAP];
  return (
    <ValueBox
      title="Memory"
      area="memory"
      answer={answer}
      hasValues={value('A') !== undefined}
      empty="The exporter reads no memory here: see its collector memory at /about."
    >
      <div className={styles.line}>
        <span className={styles.value}>{written(value('A'), 'bytes')}</span>
        <span className={styles.quiet}>of {written(all, 'bytes')}</span>
      </div>
      <div className={styles.bar} aria-hidden>
        {bar.map(({ refId, name, color }) => (
          <div key={name} style={{ flexGrow: value(refId) ?? 0, background: colorOf(color) }} />
        ))}
      </div>
      <dl className={styles.figures}>
        {parts.map(({ refId, name, color }) => (
          <div key={name}>
            <dt>
              <i style={{ background: colorOf(color) }} />
              {name}
            </dt>
            <dd>{written(value(refId), 'bytes')}</dd>
          </div>
        ))}
        <div>
          <dt>
            <i style={{ background: colorOf(SWAP.color) }} /> swap
          </dt>
          <dd>{swap ? `${written(value('E'), 'bytes')} of ${written(swap, 'bytes')}` : 'none'}</dd>
        </div>
      </dl>
    </ValueBox>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    alignItems: 'baseline',
    gap: theme.spacing(1),
    fontVariantNumeric: 'tabular-nums',
  }),
  value: css({
    fontSize: theme.typography.h2.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    lineHeight: 1.2,
  }),
  quiet: css({ color: theme.colors.text.secondary }),
  bar: css({
    display: 'flex',
    height: 14,
    gap: 1,
    margin: theme.spacing(1, 0),
    borderRadius: theme.shape.radius.default,
    border: `1px solid ${theme.colors.border.weak}`,
    overflow: 'hidden',
    div: { flexBasis: 0 },
  }),
  figures: css({
    margin: 0,
    display: 'grid',
    gap: theme.spacing(0.25),
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    div: { display: 'flex', justifyContent: 'space-between' },
    dt: {
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(0.75),
      color: theme.colors.text.secondary,
    },
    dd: { margin: 0 },
    i: { width: 10, height: 10, borderRadius: 2, border: `1px solid ${theme.colors.border.weak}` },
  }),
});
