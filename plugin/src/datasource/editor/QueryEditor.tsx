import type { QueryEditorProps } from '@grafana/data';
import { InlineField, InlineFieldRow, Input } from '@grafana/ui';
import { PromqlField } from '../../shared/promql/PromqlField.js';
import { testIds } from '../../shared/test-ids.js';
import type { KymoDataSource } from '../datasource.js';
import {
  GRANULARITIES,
  hasExpression,
  hasField,
  migrateQuery,
  QUERY_KINDS,
  STATISTICS,
  type KymoOptions,
  type KymoQuery,
  type QueryField,
} from '../query.js';
import { Choice } from '../../shared/Choice.js';

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
      {hasExpression(query.kind) && (
        <PromqlField
          validate={(expr) => datasource.validate(expr)}
          names={datasource.client}
          value={query.expr}
          onChange={(expr) => change({ expr })}
        />
      )}
      <InlineFieldRow>
        <InlineField label="Kind">
          <Choice
            width={20}
            testId={testIds.queryKind}
            options={QUERY_KINDS}
            value={query.kind}
            onChange={(kind) => change({ kind })}
          />
        </InlineField>
        {hasField(query.kind, 'granularity') && (
          <InlineField label="Of every" tooltip="Length of the buckets">
            <Choice
              width={14}
              testId={testIds.queryGranularity}
              options={GRANULARITIES}
              value={query.granularity ?? 'minute'}
              onChange={(granularity) => change({ granularity })}
            />
          </InlineField>
        )}
        {hasField(query.kind, 'statistic') && (
          <InlineField
            label="Statistic"
            tooltip="Of the values in a bucket; of a counter, of its rate"
          >
            <Choice
              width={14}
              testId={testIds.queryStatistic}
              options={STATISTICS}
              value={query.statistic ?? 'avg'}
              onChange={(statistic) => change({ statistic })}
            />
          </InlineField>
        )}
        {TEXT_FIELDS.filter(({ field }) => hasField(query.kind, field)).map(
          ({ field, label, ...more }) => (
            <TextField
              key={field}
              {...{ label, ...more }}
              value={query[field]}
              onChange={(value) => change({ [field]: value })}
            />
          ),
        )}
      </InlineFieldRow>
    </div>
  );
}

interface TextFieldOptions {
  readonly label: string;
  readonly tooltip: string;
  readonly placeholder: string;
  readonly width: number;
  readonly testId: string;
}

type TextSetting = 'legend' | 'interval' | 'horizon' | 'states' | 'severities' | 'search';

const TEXT_FIELDS: readonly (TextFieldOptions & {
  readonly field: QueryField & TextSetting;
})[] = [
  {
    field: 'legend',
    label: 'Legend',
    tooltip: 'Name of series, such as {{protocol}}',
    placeholder: 'labels',
    width: 30,
    testId: testIds.queryLegend,
  },
  {
    field: 'interval',
    label: 'Interval',
    tooltip: 'Least time between values, such as 5s',
    placeholder: 'auto',
    width: 12,
    testId: testIds.queryInterval,
  },
  {
    field: 'horizon',
    label: 'Horizon',
    tooltip: 'How far to forecast, such as 30m; by default a third of the time range',
    placeholder: 'auto',
    width: 12,
    testId: testIds.queryHorizon,
  },
  {
    field: 'states',
    label: 'States',
    tooltip: 'Such as firing,pending; recovering and inactive are the others',
    placeholder: 'all',
    width: 24,
    testId: testIds.queryStates,
  },
  {
    field: 'severities',
    label: 'Severities',
    tooltip: 'Such as critical,error',
    placeholder: 'all',
    width: 24,
    testId: testIds.querySeverities,
  },
  {
    field: 'search',
    label: 'Text',
    tooltip: 'In the name, a label such as protocol=grpc, or the summary',
    placeholder: 'any',
    width: 24,
    testId: testIds.querySearch,
  },
];

interface TextFieldProps extends TextFieldOptions {
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function TextField({
  label,
  tooltip,
  placeholder,
  width,
  testId,
  value,
  onChange,
}: TextFieldProps) {
  return (
    <InlineField label={label} tooltip={tooltip}>
      <Input
        width={width}
        defaultValue={value ?? ''}
        placeholder={placeholder}
        data-testid={testId}
        onBlur={({ currentTarget }) => onChange(currentTarget.value.trim() || undefined)}
      />
    </InlineField>
  );
}
