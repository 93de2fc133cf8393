import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './ConfigEditor.js';
import { KymoDataSource } from './datasource.js';
import { QueryEditor } from './QueryEditor.js';

export const plugin = new DataSourcePlugin(KymoDataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
