import { css, cx } from '@emotion/css';
import { useMemo, useState } from 'react';
import { getFieldSeriesColor, type GrafanaTheme2, type PanelProps } from '@grafana/data';
import { Input, useStyles2, useTheme2 } from '@grafana/ui';
import { noticeOf } from '../../shared/notice.js';
import { PanelNotice } from '../../shared/PanelNotice.js';
import { protocolColor } from '../../shared/protocol-color.js';
import { testIds } from '../../shared/test-ids.js';
import { trustOf } from '../../shared/trust.js';
import { TrustBadge } from '../../shared/TrustBadge.js';
import { Bottom } from './Bottom.js';
import { rowsOf, type ProtocolRow } from './model.js';
import type { ProtocolsOptions } from './options.js';
import { ProtocolTable } from './ProtocolTable.js';
import { useRanks } from './ranks.js';
import { useSelection } from './selection.js';
import { ShareBar, ShareDonut } from './Share.js';
import { filtered, shownColumns, sorted, type Order } from './table.js';

/** Traffic by protocol, or by any label. */
export function ProtocolsPanel(props: PanelProps<ProtocolsOptions>) {
  const { data, options, width, replaceVariables } = props;
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const [order, setOrder] = useState<Order>({ column: 'share', descending: true });
  const [wanted, setWanted] = useState('');
  const { selected: wantedRow, select } = useSelection(options.variable, replaceVariables);
  const all = useMemo(() => rowsOf(data.series, options), [data.series, options]);
  const chosen = all.find(({ key }) => key === wantedRow);
  const selected = chosen?.key;
  const ranks = useRanks(all, order, data.timeRange.to.valueOf());
  const rows = filtered(ranks, wanted);
  const trust = trustOf(data.series);
  const old = trust?.state === 'stale' || trust?.state === 'disconnected';
  const byShare = sorted(all, { column: 'share', descending: true });
  const colors = useMemo(
    () => new Map(all.map((row) => [row.key, colorIn(theme, row)])),
    [all, theme],
  );
  const colorOf = ({ key }: ProtocolRow): string => colors.get(key) ?? theme.colors.text.disabled;
  const shares = { rows: byShare, colorOf, selected };
  return (
    <div className={styles.panel} data-testid={testIds.protocolsPanel}>
      <div className={styles.head}>
        {all.length > 0 && (
          <Input
            className={styles.filter}
            value={wanted}
            placeholder="Filter"
            aria-label="Filter rows"
            onChange={({ currentTarget }) => setWanted(currentTarget.value)}
            data-testid={testIds.protocolFilter}
          />
        )}
        <span className={styles.space} />
        {trust !== undefined && <TrustBadge trust={trust} />}
      </div>
      {all.length === 0 ? (
        <PanelNotice notice={noticeOf(data, emptyText(options))} />
      ) : (
        <div className={old ? cx(styles.body, styles.old) : styles.body}>
          {options.share === 'bar' && <ShareBar {...shares} />}
          {options.share === 'donut' && <ShareDonut {...shares} />}
          <div className={styles.rows}>
            <ProtocolTable
              {...{ rows, order, selected, colorOf }}
              columns={shownColumns(all, width, options.curve)}
              onOrder={setOrder}
              onSelect={select}
            />
          </div>
          {options.sentence && <Bottom rows={all} selected={chosen} />}
        </div>
      )}
    </div>
  );
}

function colorIn(theme: GrafanaTheme2, row: ProtocolRow): string | undefined {
  const field = (row.rate ?? row.latency ?? row.errors ?? row.active)?.field;
  const named = protocolColor(row.key, field);
  if (named !== undefined) return theme.visualization.getColorByName(named);
  return field === undefined ? undefined : getFieldSeriesColor(field, theme).color;
}

const emptyText = ({ label, queries }: ProtocolsOptions): string =>
  `No series has the label ${label}. Add a query ${queries.rate} such as ` +
  `kymo:requests:rate{${label}!=""}; the letters of the others are in the panel's options.`;

const stylesOf = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', height: '100%', overflow: 'hidden' }),
  head: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    flex: '0 0 30px',
    minWidth: 0,
  }),
  filter: css({ width: 130, input: { height: 24, fontSize: theme.typography.bodySmall.fontSize } }),
  space: css({ flex: 1 }),
  body: css({ display: 'flex', flexDirection: 'column', flex: 1, minHeight: 0 }),
  rows: css({ flex: '0 1 auto', minHeight: 0, overflow: 'auto' }),
  old: css({ filter: 'grayscale(1)', opacity: 0.85 }),
});
