import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import { useSyncExternalStore } from 'react';
import type { Playback } from './playback.js';
import { testIds } from './test-ids.js';

interface PlaybackControlProps {
  readonly playback: Playback;
  /** Milliseconds before the pause that may be gone back to. */
  readonly window: number;
}

/** Pauses all live panels of a datasource, goes back over what they have seen, and lets them go on. */
export function PlaybackControl({ playback, window }: PlaybackControlProps) {
  const styles = useStyles2(stylesOf);
  const at = useSyncExternalStore(playback.subscribe.bind(playback), () => playback.at);
  const { pausedAt } = playback;
  if (at === undefined || pausedAt === undefined) {
    return (
      <Button
        size="sm"
        variant="secondary"
        icon="pause"
        data-testid={testIds.pause}
        onClick={() => playback.pause(Date.now())}
      >
        Pause
      </Button>
    );
  }
  const clock = dateTimeFormat(at, { format: 'HH:mm:ss' });
  return (
    <span className={styles.controls}>
      <input
        type="range"
        aria-label="Moment that is shown"
        aria-valuetext={clock}
        data-testid={testIds.scrub}
        min={pausedAt - window}
        max={pausedAt}
        step={1000}
        value={at}
        onChange={({ target }) => playback.seek(Number(target.value))}
      />
      <span className={styles.time}>{clock}</span>
      <Button
        size="sm"
        variant="primary"
        icon="play"
        data-testid={testIds.resume}
        onClick={() => playback.resume()}
      >
        Resume
      </Button>
    </span>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  controls: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(1) }),
  time: css({
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    color: theme.colors.text.secondary,
  }),
});
