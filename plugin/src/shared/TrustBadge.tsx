import { css, cx } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Icon, Toggletip, useStyles2, useTheme2, type IconName } from '@grafana/ui';
import { memo } from 'react';
import { PlaybackControl } from './PlaybackControl.js';
import { testIds } from './test-ids.js';
import type { Trust, TrustState } from './trust.js';
import { useMoment, usePlayback } from './use-playback.js';

const looks: Readonly<
  Record<TrustState, { icon: IconName; tone?: 'success' | 'warning' | 'error' }>
> = {
  connecting: { icon: 'sync' },
  live: { icon: 'circle-mono', tone: 'success' },
  polling: { icon: 'clock-nine' },
  stale: { icon: 'exclamation-triangle', tone: 'warning' },
  disconnected: { icon: 'times-circle', tone: 'error' },
  paused: { icon: 'pause' },
};

const GOES_ON = 'Curves are paused; this panel goes on.';

interface TrustBadgeProps {
  readonly trust: Trust;
}

/** With every value trust is another, and hardly ever what is said of it. */
function saysTheSame(
  { trust: before }: TrustBadgeProps,
  { trust: after }: TrustBadgeProps,
): boolean {
  return (
    before.state === after.state &&
    before.datasource === after.datasource &&
    before.window === after.window &&
    words(before) === words(after) &&
    describe(before) === describe(after)
  );
}

/**
 * Whether what is seen is of now, in an icon and words. Where panels can be paused it is a button, which opens
 * to how values come and to the controls.
 */
export const TrustBadge = memo(function TrustBadge({ trust }: TrustBadgeProps) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const playback = usePlayback(trust.datasource);
  const isPaused = useMoment(playback) !== undefined;
  const { icon, tone } = looks[trust.state];
  const attributes = {
    title: describe(trust),
    'data-testid': testIds.trust,
    'data-state': trust.state,
    'data-transport': trust.transport,
  };
  const content = (
    <>
      <Icon
        key={icon}
        name={icon}
        size="xs"
        style={{ color: tone === undefined ? undefined : theme.colors[tone].text }}
      />
      {words(trust)}
    </>
  );
  if (playback === undefined || trust.window === undefined) {
    return (
      <span {...attributes} className={styles.badge}>
        {content}
      </span>
    );
  }
  const details = (
    <div className={styles.details}>
      <span>{describe(trust)}</span>
      {isPaused && trust.state !== 'paused' && <span>{GOES_ON}</span>}
      <PlaybackControl playback={playback} window={trust.window} />
    </div>
  );
  return (
    <Toggletip content={details} placement="bottom-end" closeButton={false}>
      <button {...attributes} type="button" className={cx(styles.badge, styles.button)}>
        {content}
      </button>
    </Toggletip>
  );
}, saysTheSame);

function words({ state, lag, last, interval }: Trust): string {
  switch (state) {
    case 'connecting':
      return 'connecting';
    case 'live':
      return lag === null ? 'live' : `live · ${lag < 100 ? '< 0.1' : (lag / 1000).toFixed(1)} s`;
    case 'polling':
      return `polling · ${interval / 1000} s`;
    case 'paused':
      return last === null ? 'paused' : `paused at ${clock(last)}`;
    case 'stale':
      return last === null ? 'stale' : `stale since ${clock(last)}`;
    case 'disconnected':
      return last === null ? 'disconnected' : `disconnected since ${clock(last)}`;
  }
}

const clock = (time: number): string => dateTimeFormat(time, { format: 'HH:mm:ss' });

const ways: Readonly<Record<Trust['transport'], string>> = {
  websocket: 'over WebSocket',
  live: 'through Grafana Live',
  polling: 'by polling',
  none: 'not at all',
};

function describe({ transport, dropped, reason }: Trust): string {
  const way = ways[transport];
  const parts = [`Values come ${way}`, `${dropped} left out`];
  if (reason !== undefined) parts.push(reason);
  return parts.join(' · ');
}

const stylesOf = (theme: GrafanaTheme2) => ({
  badge: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    color: theme.colors.text.secondary,
    whiteSpace: 'nowrap',
  }),
  button: css({
    padding: 0,
    border: 0,
    background: 'none',
    '&:hover': { color: theme.colors.text.primary },
  }),
  details: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    gap: theme.spacing(1),
  }),
});
