import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './editor/ConfigEditor.js';
import { KymoDataSource } from './datasource.js';
import { QueryEditor } from './editor/QueryEditor.js';

export const plugin = new DataSourcePlugin(KymoDataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
