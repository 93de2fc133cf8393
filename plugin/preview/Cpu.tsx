import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { usePage } from './page.js';
import { live } from './panels.js';
import { usePanelData } from './usePanelData.js';
import { ValueBox } from './ValueBox.js';
import { newestOf, written } from './values.js';

/** Shares of a core's time from which it counts as busy, and as full. */
const BUSY = 0.8;
const FULL = 0.95;

const idle = 'rate(node_cpu_seconds_total{mode="idle"}[5s])';
const targets = live(
  [`1 - avg(${idle})`, 'total'],
  [`1 - avg by (cpu) (${idle})`, '{{cpu}}'],
  ['node_load1', '1 min'],
  ['node_load5', '5 min'],
  ['node_load15', '15 min'],
);

/** How busy the processors are: all together, a bar a core, and the load. */
export function Cpu() {
  const styles = useStyles2(stylesOf);
  const theme = useTheme2();
  const answer = usePanelData(usePage().datasource, targets, 60_000);
  const { frames } = answer;
  const cores = newestOf(frames, 'B').sort((a, b) => Number(a.labels.cpu) - Number(b.labels.cpu));
  const tone = (share: number): string =>
    theme.visualization.getColorByName(share >= FULL ? 'red' : share >= BUSY ? 'orange' : 'blue');
  const full = cores.filter(({ value }) => value >= FULL).length;
  return (
    <ValueBox
      title="CPU"
      area="cpu"
      answer={answer}
      hasValues={cores.length > 0}
      empty="The exporter reads no processors here: see its collector cpu at /about."
    >
      <div className={styles.line}>
        <span className={styles.value}>
          {written(newestOf(frames, 'A')[0]?.value, 'percentunit', 0)}
        </span>
        <span className={styles.quiet}>
          load
          {['C', 'D', 'E'].map((refId, index) => (
            <span key={refId}>
              {' '}
              <b>{written(newestOf(frames, refId)[0]?.value, 'none', 2)}</b> {[1, 5, 15][index]} min
            </span>
          ))}
        </span>
      </div>
      <div className={styles.cores} role="list" aria-label="Cores">
        {cores.map(({ labels, value }) => (
          <div
            key={labels.cpu}
            role="listitem"
            className={styles.core}
            aria-label={`core ${labels.cpu}: ${written(value, 'percentunit', 0)}`}
            title={`core ${labels.cpu}: ${written(value, 'percentunit', 0)}`}
          >
            <div
              className={styles.bar}
              style={{
                height: `${Math.min(100, Math.max(1, value * 100))}%`,
                background: tone(value),
              }}
            />
          </div>
        ))}
      </div>
      <span className={styles.quiet}>
        {cores.length} cores{full > 0 && `, ${full} of them full`}
      </span>
    </ValueBox>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    alignItems: 'baseline',
    gap: theme.spacing(0, 1),
    fontVariantNumeric: 'tabular-nums',
  }),
  value: css({
    fontSize: theme.typography.h2.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    lineHeight: 1.2,
  }),
  quiet: css({
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    b: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
  }),
  cores: css({
    display: 'flex',
    flex: 1,
    minHeight: 40,
    gap: 2,
    margin: theme.spacing(0.5, 0),
  }),
  core: css({
    display: 'flex',
    alignItems: 'flex-end',
    flex: 1,
    minWidth: 2,
    maxWidth: 32,
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
    overflow: 'hidden',
  }),
  bar: css({ width: '100%' }),
});
