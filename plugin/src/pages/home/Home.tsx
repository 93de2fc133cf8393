import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { getDataSourceSrv, PluginPage } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { dashboardsOf, type DashboardPart } from '../answers.js';
import { NoExporter } from '../NoExporter.js';
import { peerAt } from '../peer.js';
import { usePolled } from '../use-polled.js';
import { ExporterCard } from './ExporterCard.js';

/** Milliseconds. */
const INTERVAL = 60_000;

/** The app's first page: how every exporter does, and where to go on. */
export default function Home() {
  const styles = useStyles2(stylesOf);
  const { value: dashboards } = usePolled(findDashboards, INTERVAL);
  const sources = getDataSourceSrv().getList({ pluginId: 'kymo-live-datasource' });
  return (
    <PluginPage>
      <div className={styles.cards} data-testid={testIds.home}>
        {sources.map(({ uid, name, url = '' }) => (
          <ExporterCard key={uid} uid={uid} name={name} url={url} dashboards={dashboards} />
        ))}
        {sources.length === 0 && <NoExporter />}
        {dashboards?.length === 0 && (
          <p className={styles.note}>
            No dashboards here: <code>kymo provision</code> writes them.
          </p>
        )}
      </div>
    </PluginPage>
  );
}

/** Those that are provisioned, and others with their tag; `undefined` where they cannot be had. */
async function findDashboards(): Promise<readonly DashboardPart[] | undefined> {
  const asked = { tag: 'kymo', type: 'dash-db', limit: '30' };
  return dashboardsOf((await peerAt('').get('/api/search', asked)).body);
}

const stylesOf = (theme: GrafanaTheme2) => ({
  note: css({ margin: 0, color: theme.colors.text.secondary }),
  cards: css({ display: 'grid', gap: theme.spacing(2), maxWidth: theme.breakpoints.values.xl }),
});
