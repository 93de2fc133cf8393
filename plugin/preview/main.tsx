import { PluginType, type DataSourceInstanceSettings } from '@grafana/data';
import { createRoot } from 'react-dom/client';
import { KymoDataSource } from '../src/datasource/datasource.js';
import type { KymoOptions } from '../src/datasource/query.js';
import { App } from './App.js';
import { registerStandards } from './standin/registries.js';
import { setDataSource } from './standin/runtime.js';

registerStandards();

/** The folder that this page is in, so that it works below a path of a reverse proxy too. */
const url = window.location.pathname.replace(/\/[^/]*$/, '');
const settings: DataSourceInstanceSettings<KymoOptions> = {
  id: 1,
  uid: 'kymo',
  type: 'kymo-live-datasource',
  name: 'Kymo',
  access: 'proxy',
  readOnly: true,
  url,
  jsonData: {},
  meta: {
    id: 'kymo-live-datasource',
    name: 'Kymo',
    type: PluginType.datasource,
    module: '',
    baseUrl: '',
    info: {
      author: { name: '' },
      description: '',
      links: [],
      logos: { large: '', small: '' },
      screenshots: [],
      updated: '',
      version: '',
    },
  },
};
const datasource = new KymoDataSource(settings);
setDataSource(datasource);

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App datasource={datasource} url={url} />);
