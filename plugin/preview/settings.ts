import { PluginType, type DataSourceInstanceSettings } from '@grafana/data';
import type { KymoOptions } from '../src/datasource/query.js';

/** What Grafana would tell the datasource of itself. @param url of the exporter, without a slash at its end */
export function settingsOf(url: string): DataSourceInstanceSettings<KymoOptions> {
  return {
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
}
