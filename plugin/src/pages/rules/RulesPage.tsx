import { DataSourcePicker, getDataSourceSrv, PluginPage } from '@grafana/runtime';
import { EmptyState, LinkButton } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { goTo } from './address.js';
import { Rules } from './Rules.js';
import { useSearch } from './use-search.js';

const PLUGIN = 'kymo-live-datasource';

/** Rules of an exporter: the list of them, or the editor of one. */
export default function RulesPage() {
  const search = useSearch();
  const sources = getDataSourceSrv().getList({ pluginId: PLUGIN });
  const asked = search.get('ds');
  const source =
    sources.find(({ uid }) => uid === asked) ??
    sources.find(({ isDefault }) => isDefault) ??
    sources[0];
  const rule = search.get('rule') ?? undefined;
  const of = search.get('of') ?? undefined;
  return (
    <PluginPage
      actions={
        sources.length > 1 && rule === undefined ? (
          <DataSourcePicker
            pluginId={PLUGIN}
            current={source?.uid}
            noDefault
            width={30}
            onChange={({ uid }) => goTo({ ds: uid })}
          />
        ) : undefined
      }
    >
      <div data-testid={testIds.rules}>
        {source === undefined ? (
          <EmptyState
            variant="call-to-action"
            message="No exporter is set up yet"
            button={<LinkButton href="/connections/datasources/new">Add a datasource</LinkButton>}
          >
            Rules run in an exporter: add a datasource of type Kymo with its URL.
          </EmptyState>
        ) : (
          <Rules key={source.uid} ds={source.uid} rule={rule} of={of} />
        )}
      </div>
    </PluginPage>
  );
}
