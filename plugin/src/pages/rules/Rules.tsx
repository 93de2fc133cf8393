import { Alert, LinkButton, LoadingPlaceholder } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { EditorPage } from './editor/EditorPage.js';
import { RuleList } from './list/RuleList.js';
import { useRules } from './use-rules.js';

interface RulesProps {
  /** Uid of a datasource. */
  readonly ds: string;
  /** Rule in the editor, or `new`. */
  readonly rule: string | undefined;
  /** Rule that a new one begins as, or that is open in the list. */
  readonly of: string | undefined;
}

/** The rules of one exporter. */
export function Rules({ ds, rule, of }: RulesProps) {
  const { value, error, refresh } = useRules(ds);
  if (value === undefined && error === undefined)
    return <LoadingPlaceholder text="Loading rules …" />;
  return (
    <>
      {error !== undefined && (
        <Alert
          title={value === undefined ? 'The rules cannot be had' : 'The rules are not up to date'}
          severity={value === undefined ? 'error' : 'warning'}
          data-testid={testIds.rulesError}
        >
          {error} It is asked again every two seconds.{' '}
          <LinkButton
            size="sm"
            fill="text"
            href={`/connections/datasources/edit/${encodeURIComponent(ds)}`}
          >
            Settings of the datasource
          </LinkButton>
        </Alert>
      )}
      {value !== undefined &&
        (rule === undefined ? (
          <RuleList ds={ds} rules={value} open={of} refresh={refresh} />
        ) : (
          <EditorPage
            key={`${rule}/${of}`}
            ds={ds}
            rules={value}
            id={rule}
            of={of}
            refresh={refresh}
          />
        ))}
    </>
  );
}
