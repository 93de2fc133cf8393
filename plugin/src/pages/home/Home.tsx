import { getDataSourceSrv, PluginPage } from '@grafana/runtime';
import { LinkButton, TextLink } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';

/** The app's first page: the exporters that are set up, and where to go on. */
export default function Home() {
  const sources = getDataSourceSrv().getList({ pluginId: 'kymo-live-datasource' });
  return (
    <PluginPage>
      <div data-testid={testIds.home}>
        <h3>Exporters</h3>
        {sources.length === 0 ? (
          <p>
            No datasource of type Kymo is set up yet.{' '}
            <TextLink href="/connections/datasources/new" inline>
              Add one
            </TextLink>{' '}
            with the URL of an exporter.
          </p>
        ) : (
          <ul>
            {sources.map(({ uid, name }) => (
              <li key={uid}>
                {name}:{' '}
                <TextLink href={`/a/kymo-live-app/rules?ds=${encodeURIComponent(uid)}`} inline>
                  rules
                </TextLink>
              </li>
            ))}
          </ul>
        )}
        <LinkButton href="/dashboards?query=Live%20overview" icon="apps">
          Dashboards
        </LinkButton>{' '}
        <LinkButton href="/a/kymo-live-app/rules" icon="bell" variant="secondary">
          Rules
        </LinkButton>
      </div>
    </PluginPage>
  );
}
