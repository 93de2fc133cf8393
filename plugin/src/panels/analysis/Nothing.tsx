import { css } from '@emotion/css';
import type { PanelData } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { noticeOf } from '../../shared/notice.js';
import { PanelNotice } from '../../shared/PanelNotice.js';
import { testIds } from '../../shared/test-ids.js';
import { trustOf } from '../../shared/trust.js';
import { TrustBadge } from '../../shared/TrustBadge.js';

const EMPTY = 'The query answers no series in this time range: check its expression in Explore.';

/** In place of a curve. */
export function Nothing({ data }: { readonly data: PanelData }) {
  const styles = useStyles2(stylesOf);
  const trust = trustOf(data.series);
  return (
    <div className={styles.panel} data-testid={testIds.analysisPanel}>
      <div className={styles.head}>{trust !== undefined && <TrustBadge trust={trust} />}</div>
      <PanelNotice notice={noticeOf(data, EMPTY)} />
    </div>
  );
}

const stylesOf = () => ({
  panel: css({ display: 'flex', flexDirection: 'column', height: '100%' }),
  head: css({ display: 'flex', justifyContent: 'flex-end', minHeight: 20 }),
});
