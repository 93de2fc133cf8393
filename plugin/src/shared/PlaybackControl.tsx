import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import { useLayoutEffect, useRef } from 'react';
import type { Playback } from './playback.js';
import { testIds } from './test-ids.js';
import { useMoment } from './use-playback.js';

interface PlaybackControlProps {
  readonly playback: Playback;
  /** Milliseconds before the pause that may be gone back to. */
  readonly window: number;
}

/** Pauses all live panels of a datasource, goes back over what they have seen, and lets them go on. */
export function PlaybackControl({ playback, window }: PlaybackControlProps) {
  const styles = useStyles2(stylesOf);
  const at = useMoment(playback);
  const controls = useRef<HTMLSpanElement>(null);
  const pressed = useRef(false);
  const isPaused = at !== undefined;
  useLayoutEffect(() => {
    // The button that was pressed is gone: the keyboard goes on with what took its place.
    if (pressed.current) controls.current?.querySelector<HTMLElement>('input, button')?.focus();
    pressed.current = false;
  }, [isPaused]);
  const press = (act: () => void) => () => {
    pressed.current = true;
    act();
  };
  return (
    <span ref={controls} className={styles.controls}>
      {at === undefined ? (
        <Button
          size="sm"
          variant="secondary"
          icon="pause"
          data-testid={testIds.pause}
          onClick={press(() => playback.pause(Date.now()))}
        >
          Pause
        </Button>
      ) : (
        <>
          <Scrub playback={playback} window={window} at={at} />
          <Button
            size="sm"
            variant="primary"
            icon="play"
            data-testid={testIds.resume}
            onClick={press(() => playback.resume())}
          >
            Resume
          </Button>
        </>
      )}
    </span>
  );
}

function Scrub({ playback, window, at }: PlaybackControlProps & { readonly at: number }) {
  const styles = useStyles2(stylesOf);
  const { pausedAt = at } = playback;
  const clock = dateTimeFormat(at, { format: 'HH:mm:ss' });
  return (
    <>
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
    </>
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
