import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelProps } from '@grafana/data';
import { Icon, Input, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import { memo, useMemo, useState } from 'react';
import { AlertCounts } from '../../shared/AlertCounts.js';
import { alertRows, datasourceOf } from '../../shared/alert-frames.js';
import { PanelNotice } from '../../shared/PanelNotice.js';
import { testIds } from '../../shared/test-ids.js';
import { TrustBadge } from '../../shared/TrustBadge.js';
import { trustOf } from '../../shared/trust.js';
import { AlertList } from './AlertList.js';
import { emptyNotice } from './empty-notice.js';
import { found, listed, sortAlerts, type Show } from './model.js';
import { News } from './News.js';
import type { AlertsOptions } from './options.js';
import { useAlertsDoor } from './use-alerts-door.js';

const SHOWN: { label: string; value: Show }[] = [
  { label: 'All', value: 'all' },
  { label: 'Open', value: 'open' },
  { label: 'Acknowledged', value: 'acknowledged' },
];
/** CSS pixels of width from which the filter stands beside the search. */
const WIDE = 560;
const TINY = 140;

/** Alerts as they happen. */
export function AlertsPanel({ data, options, width, height }: PanelProps<AlertsOptions>) {
  const styles = useStyles2(stylesOf);
  const [search, setSearch] = useState('');
  const [show, setShow] = useState<Show>('all');
  const frames = data.series.filter((frame) => alertRows(frame) !== undefined);
  const rows = useMemo(
    () =>
      sortAlerts(
        listed(
          data.series.flatMap((frame) => alertRows(frame) ?? []),
          options,
        ),
      ),
    [data.series, options],
  );
  const shown = useMemo(() => found(rows, search, show), [rows, search, show]);
  const acting = useAlertsDoor(frames.map(datasourceOf).find((uid) => uid !== undefined));
  const trust = trustOf(data.series);
  const old = trust?.state === 'stale' || trust?.state === 'disconnected';
  const notice = emptyNotice({
    data,
    hasFrames: frames.length > 0,
    all: rows.length,
    shown: shown.length,
  });
  return (
    <div className={styles.panel} data-testid={testIds.alertsPanel}>
      <div className={styles.head}>
        <AlertCounts rows={rows} />
        {trust !== undefined && <TrustBadge trust={trust} />}
      </div>
      {height > TINY && frames.length > 0 && (
        <Tools {...{ search, setSearch, show, setShow }} isWide={width >= WIDE} />
      )}
      {frames.length > 0 && acting.whyNot !== undefined && (
        <div className={styles.whyNot} title={acting.whyNot} data-testid={testIds.alertsWhyNot}>
          <Icon name="lock" size="sm" /> {acting.whyNot}
        </div>
      )}
      {notice === undefined ? (
        <AlertList rows={shown} acting={acting} old={old} width={width} />
      ) : (
        <PanelNotice notice={notice} />
      )}
      <News rows={rows} ready={frames.length > 0} />
    </div>
  );
}

interface ToolsProps {
  readonly search: string;
  readonly setSearch: (text: string) => void;
  readonly show: Show;
  readonly setShow: (show: Show) => void;
  readonly isWide: boolean;
}

const Tools = memo(function Tools({ search, setSearch, show, setShow, isWide }: ToolsProps) {
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.tools}>
      <Input
        className={styles.search}
        value={search}
        placeholder="Search name, label, text"
        aria-label="Search alerts"
        prefix={<Icon name="search" />}
        data-testid={testIds.alertsSearch}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      {isWide && (
        <div data-testid={testIds.alertsFilter}>
          <RadioButtonGroup size="sm" options={SHOWN} value={show} onChange={setShow} />
        </div>
      )}
    </div>
  );
});

const stylesOf = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 }),
  head: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    gap: theme.spacing(0, 1),
    minHeight: 20,
  }),
  tools: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0.5, 0),
  }),
  search: css({ flex: 1, minWidth: 0 }),
  whyNot: css({
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    padding: theme.spacing(0, 0, 0.5),
  }),
});
