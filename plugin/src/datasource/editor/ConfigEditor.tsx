import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { InlineField, Input, SecretInput } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { TRANSPORTS, type KymoOptions, type KymoSecrets } from '../query.js';
import { Choice } from '../../shared/Choice.js';
import { resetSecret, withSecret } from './secret.js';

/** The datasource's settings. */
export function ConfigEditor({
  options,
  onOptionsChange,
}: DataSourcePluginOptionsEditorProps<KymoOptions, KymoSecrets>) {
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
      <InlineField
        label="Secret"
        labelWidth={20}
        tooltip="The secret of this Grafana in the exporter's settings (grafana[].secret); with it, Editors and Admins may acknowledge alerts and change rules"
      >
        <SecretInput
          width={50}
          isConfigured={options.secureJsonFields?.httpHeaderValue1 === true}
          value={options.secureJsonData?.httpHeaderValue1 ?? ''}
          placeholder="none: changes are not taken"
          data-testid={testIds.configSecret}
          onReset={() => onOptionsChange(resetSecret(options))}
          onChange={({ currentTarget }) =>
            onOptionsChange(withSecret(options, currentTarget.value.trim()))
          }
        />
      </InlineField>
      <InlineField
        label="Transport"
        labelWidth={20}
        tooltip="How live values come; another way is taken by itself while one fails"
      >
        <Choice
          width={50}
          testId={testIds.configTransport}
          options={TRANSPORTS}
          value={options.jsonData.transport ?? 'auto'}
          onChange={(transport) =>
            onOptionsChange({ ...options, jsonData: { ...options.jsonData, transport } })
          }
        />
      </InlineField>
    </>
  );
}
