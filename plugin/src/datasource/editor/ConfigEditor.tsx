import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { InlineField, Input } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import type { KymoOptions } from '../query.js';

/** The datasource's settings. */
export function ConfigEditor({
  options,
  onOptionsChange,
}: DataSourcePluginOptionsEditorProps<KymoOptions>) {
  return (
    <>
      <InlineField
        label="URL"
        labelWidth={20}
        tooltip="Of the exporter, as the Grafana server reaches it"
      >
        <Input
          width={50}
          value={options.url}
          placeholder="http://127.0.0.1:9797"
          data-testid={testIds.configUrl}
          onChange={({ currentTarget }) =>
            onOptionsChange({ ...options, access: 'proxy', url: currentTarget.value.trim() })
          }
        />
      </InlineField>
      <InlineField
        label="Least interval"
        labelWidth={20}
        tooltip="Least time between values; the exporter's tick"
      >
        <Input
          width={50}
          value={options.jsonData.timeInterval ?? ''}
          placeholder="1s"
          data-testid={testIds.configInterval}
          onChange={({ currentTarget }) => {
            const timeInterval = currentTarget.value.trim();
            const jsonData = { ...options.jsonData, timeInterval: timeInterval || undefined };
            onOptionsChange({ ...options, jsonData });
          }}
        />
      </InlineField>
    </>
  );
}
