import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelProps } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { AlertCounts } from '../../shared/AlertCounts.js';
import { alertRows, datasourceOf } from '../../shared/alert-frames.js';
import { PanelNotice } from '../../shared/PanelNotice.js';
import { testIds } from '../../shared/test-ids.js';
import { TrustBadge } from '../../shared/TrustBadge.js';
import { trustOf } from '../../shared/trust.js';
import { AlertList } from './AlertList.js';
import { emptyNotice } from './empty-notice.js';
import { found, isFiltering, listed, NO_FILTER, severitiesOf } from './filter.js';
import { Filters } from './Filters.js';
import { sortAlerts } from './model.js';
import { News } from './News.js';
import type { AlertsOptions } from './options.js';
import { useOpenRow } from './use-open-row.js';
import { useAlertsDoor } from './use-alerts-door.js';

/** CSS pixels of height up to which there is room for alerts only. */
const TINY = 140;

/** Alerts as they happen. */
export function AlertsPanel({ data, options, width, height }: PanelProps<AlertsOptions>) {
  const styles = useStyles2(stylesOf);
  const [filter, setFilter] = useState(NO_FILTER);
  const frames = data.series.filter((frame) => alertRows(frame) !== undefined);
  const hasFrames = frames.length > 0;
  const all = useMemo(
    () => sortAlerts(data.series.flatMap((frame) => alertRows(frame) ?? [])),
    [data.series],
  );
  const rows = useMemo(() => listed(all, options), [all, options]);
  const asked = useMemo(() => found(all, filter, options), [all, filter, options]);
  const { rows: shown, open, toggle, isGone } = useOpenRow({ rows: asked, all, filter, hasFrames });
  const acting = useAlertsDoor(frames.map(datasourceOf).find((uid) => uid !== undefined));
  const trust = trustOf(data.series);
  const old = trust?.state === 'stale' || trust?.state === 'disconnected';
  const notice = emptyNotice({
    data,
    hasFrames,
    isAsked: isFiltering(filter) && all.length > 0,
    shown: shown.length,
  });
  return (
    <div className={styles.panel} data-testid={testIds.alertsPanel}>
      <div className={styles.head}>
        <AlertCounts rows={rows} />
        {trust !== undefined && <TrustBadge trust={trust} />}
      </div>
      {height > TINY && hasFrames && (
        <Filters
          filter={filter}
          setFilter={setFilter}
          severities={severitiesOf(all).join('\n')}
          hasResolved={options.resolved}
        />
      )}
      {hasFrames && acting.whyNot !== undefined && (
        <div className={styles.whyNot} title={acting.whyNot} data-testid={testIds.alertsWhyNot}>
          <Icon name="lock" size="sm" /> {acting.whyNot}
        </div>
      )}
      {notice === undefined ? (
        <AlertList {...{ rows: shown, acting, old, width, open, toggle, isGone }} />
      ) : (
        <PanelNotice notice={notice} />
      )}
      <News rows={rows} ready={hasFrames} />
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 }),
  head: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    gap: theme.spacing(0, 1),
    minHeight: 20,
  }),
  whyNot: css({
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    padding: theme.spacing(0, 0, 0.5),
  }),
});
