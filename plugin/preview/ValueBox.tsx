import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import { noticeOf } from '../src/shared/notice.js';
import { PanelNotice } from '../src/shared/PanelNotice.js';
import { trustOf } from '../src/shared/trust.js';
import { TrustBadge } from '../src/shared/TrustBadge.js';
import { Box } from './Box.js';
import type { Area } from './panels.js';
import type { Answer } from './usePanelData.js';

interface ValueBoxProps {
  readonly title: string;
  readonly area: Area;
  /** What is shown in it. */
  readonly answer: Answer;
  /** Whether there is anything to show. */
  readonly hasValues: boolean;
  /** What to do where there is not. */
  readonly empty: string;
  readonly children: ReactNode;
}

/** A box of the page itself: how far it can be trusted, and in place of no values why there are none. */
export function ValueBox({ title, area, answer, hasValues, empty, children }: ValueBoxProps) {
  const styles = useStyles2(stylesOf);
  const { state, errors, frames } = answer;
  const trust = trustOf(frames);
  const old = trust?.state === 'stale' || trust?.state === 'disconnected';
  const problem = hasValues ? errors?.[0]?.message : undefined;
  return (
    <Box title={title} area={area} aside={trust && <TrustBadge trust={trust} />}>
      <div className={styles.room}>
        <div className={cx(styles.values, old && styles.old, !hasValues && styles.hidden)}>
          {children}
        </div>
        {!hasValues && (
          <div className={styles.notice}>
            <PanelNotice notice={noticeOf({ state, errors, series: frames }, empty)} />
          </div>
        )}
      </div>
      {problem !== undefined && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </Box>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  room: css({ position: 'relative', display: 'flex', flex: 1, minHeight: 0, minWidth: 0 }),
  values: css({ display: 'flex', flexDirection: 'column', flex: 1, minHeight: 0, minWidth: 0 }),
  // Grey rather than pale: what is old has to be read as well.
  old: css({ filter: 'grayscale(1)', opacity: 0.85 }),
  // Its room is kept, so that nothing jumps.
  hidden: css({ visibility: 'hidden' }),
  notice: css({ position: 'absolute', inset: 0 }),
  problem: css({
    margin: 0,
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.error.text,
  }),
});
