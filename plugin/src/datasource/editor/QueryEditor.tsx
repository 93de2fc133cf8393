import type { QueryEditorProps } from '@grafana/data';
import { InlineField, InlineFieldRow, Input, RadioButtonGroup } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import type { KymoDataSource } from '../datasource.js';
import { PromqlField } from './PromqlField.js';
import { migrateQuery, QUERY_KINDS, type KymoOptions, type KymoQuery } from '../query.js';

/** A query in a panel's editor, in Explore and in annotations. */
export function QueryEditor({
  datasource,
  query: saved,
  onChange,
  onRunQuery,
}: QueryEditorProps<KymoDataSource, KymoQuery, KymoOptions>) {
  const query = migrateQuery({ ...saved });
  const change = (changes: Partial<KymoQuery>): void => {
    onChange({ ...query, ...changes });
    onRunQuery();
  };
  return (
    <div data-testid={testIds.queryEditor}>
      <PromqlField
        datasource={datasource}
        value={query.expr}
        onChange={(expr) => change({ expr })}
      />
      <InlineFieldRow>
        <InlineField label="Kind">
          <RadioButtonGroup
            options={[...QUERY_KINDS]}
            value={query.kind}
            onChange={(kind) => change({ kind })}
          />
        </InlineField>
        <InlineField label="Legend" tooltip="Name of series, such as {{protocol}}">
          <Input
            width={30}
            defaultValue={query.legend ?? ''}
            placeholder="labels"
            data-testid={testIds.queryLegend}
            onBlur={({ currentTarget }) => change({ legend: currentTarget.value || undefined })}
          />
        </InlineField>
        <InlineField label="Interval" tooltip="Least time between values, such as 5s">
          <Input
            width={12}
            defaultValue={query.interval ?? ''}
            placeholder="auto"
            data-testid={testIds.queryInterval}
            onBlur={({ currentTarget }) => change({ interval: currentTarget.value || undefined })}
          />
        </InlineField>
      </InlineFieldRow>
    </div>
  );
}
