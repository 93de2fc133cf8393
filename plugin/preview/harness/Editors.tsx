import { createTheme, ThemeContext, type DataSourceSettings } from '@grafana/data';
import { useMemo, useState } from 'react';
import { KymoDataSource } from '../../src/datasource/datasource.js';
import { ConfigEditor } from '../../src/datasource/editor/ConfigEditor.js';
import { QueryEditor } from '../../src/datasource/editor/QueryEditor.js';
import type { KymoOptions, KymoQuery, KymoSecrets } from '../../src/datasource/query.js';
import { settingsOf } from '../settings.js';

const noSettings = {
  id: 1,
  uid: 'kymo',
  orgId: 1,
  name: 'Kymo',
  typeLogoUrl: '',
  type: 'kymo-live-datasource',
  typeName: 'Kymo',
  access: 'proxy',
  url: '',
  user: '',
  database: '',
  basicAuth: false,
  basicAuthUser: '',
  isDefault: false,
  jsonData: {},
  secureJsonFields: {},
  readOnly: false,
  withCredentials: false,
} as const satisfies DataSourceSettings<KymoOptions, KymoSecrets>;

/** The datasource's editors, without the code editor, which Grafana serves. */
export function Editors() {
  const theme = useMemo(() => createTheme({ colors: { mode: 'dark' } }), []);
  const datasource = useMemo(() => new KymoDataSource(settingsOf('')), []);
  const [query, setQuery] = useState<KymoQuery>({
    refId: 'A',
    version: 2,
    kind: 'alerts',
    expr: '',
  });
  const [options, setOptions] = useState<DataSourceSettings<KymoOptions, KymoSecrets>>(noSettings);
  return (
    <ThemeContext.Provider value={theme}>
      <QueryEditor
        datasource={datasource}
        query={query}
        onChange={setQuery}
        onRunQuery={() => undefined}
      />
      <ConfigEditor options={options} onOptionsChange={setOptions} />
    </ThemeContext.Provider>
  );
}
