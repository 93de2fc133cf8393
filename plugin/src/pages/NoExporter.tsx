import { TextLink } from '@grafana/ui';
import { testIds } from '../shared/test-ids.js';
import { isAdmin } from './admin.js';

/** What to do where no datasource is of ours. */
export function NoExporter() {
  return (
    <section aria-label="Exporters" data-testid={testIds.noExporter}>
      <h3>No exporter is connected</h3>
      <p>
        {isAdmin() ? (
          <>
            <TextLink href="/connections/datasources/new" inline>
              Add a datasource
            </TextLink>{' '}
            of the type Kymo with the URL of an exporter
          </>
        ) : (
          'Ask an administrator for a datasource of the type Kymo with the URL of an exporter'
        )}
        , or provision it with <code>kymo provision</code>. An exporter is started by{' '}
        <code>kymo start</code>.
      </p>
    </section>
  );
}
