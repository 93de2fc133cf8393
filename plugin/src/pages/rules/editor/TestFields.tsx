import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Field, FieldValidationMessage, useStyles2 } from '@grafana/ui';
import { useId } from 'react';
import { Choice } from '../../../shared/Choice.js';
import { testIds } from '../../../shared/test-ids.js';
import { OPERATORS, TEST_KINDS, type TestForm } from '../form/form.js';
import { problemOf } from '../form/problems.js';
import { CompositeFields } from './CompositeFields.js';
import { ChoiceField, ExpressionField, PairsField, TextField } from './fields.js';
import { useForm } from './form-context.js';

export interface TestFieldsProps {
  readonly test: TestForm;
  /** Where the test stands in the condition: empty, or such as `composite.and[0]`. */
  readonly path: string;
  /** @param path of the field that was changed */
  readonly onChange: (test: TestForm, path: string) => void;
}

/** What a condition, or a part of one, tests. */
export function TestFields(props: TestFieldsProps) {
  const styles = useStyles2(stylesOf);
  const { test, path, onChange } = props;
  const { problems, conditions } = useForm();
  const id = useId();
  const isPart = path !== '';
  const kinds: { value: TestForm['kind']; label: string; description?: string }[] = [
    ...TEST_KINDS,
    ...(isPart && conditions.length > 0
      ? [{ value: 'named' as const, label: 'Another rule' }]
      : []),
  ];
  const inside = under(path, test.kind);
  const problem = problemOf(problems, inside) ?? (isPart ? problemOf(problems, path) : undefined);
  return (
    <div className={styles.fields}>
      <Field noMargin label={isPart ? 'Part' : 'Kind of condition'} htmlFor={id}>
        <Choice
          id={id}
          width={isPart ? 24 : 30}
          options={kinds}
          value={test.kind}
          onChange={(kind) => onChange({ ...test, kind }, path)}
        />
      </Field>
      <FieldsOfKind {...props} path={inside} />
      {problem !== undefined && <FieldValidationMessage>{problem}</FieldValidationMessage>}
    </div>
  );
}

const under = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** @param props with the path of the kind, such as `threshold` */
function FieldsOfKind(props: TestFieldsProps) {
  const { test, path, onChange } = props;
  const { conditions } = useForm();
  const set =
    <K extends keyof TestForm>(name: K, at: string = name) =>
    (value: TestForm[K]): void =>
      onChange({ ...test, [name]: value }, `${path}.${at}`);
  const styles = useStyles2(stylesOf);
  const subject = (
    <ExpressionField
      path={`${path}.expr`}
      label="Of"
      description="A metric, or any PromQL; one alert for each series"
      value={test.expr}
      testId={testIds.ruleExpr}
      onChange={set('expr')}
    />
  );
  const comparison = (
    <>
      <ChoiceField
        path={`${path}.operator`}
        label="Is"
        value={test.operator}
        options={OPERATORS}
        width={10}
        onChange={set('operator')}
      />
      <TextField
        path={`${path}.value`}
        label={test.kind === 'rate_of_change' && test.unit === 'percent' ? 'Value, %' : 'Value'}
        value={test.value}
        width={14}
        testId={testIds.ruleValue}
        onChange={set('value')}
      />
    </>
  );
  switch (test.kind) {
    case 'threshold':
      return (
        <>
          {subject}
          <div className={styles.line}>{comparison}</div>
        </>
      );
    case 'rate_of_change':
      return (
        <>
          {subject}
          <div className={styles.line}>
            <ChoiceField
              path={`${path}.unit`}
              label="Its change, in"
              value={test.unit}
              options={['percent', 'absolute']}
              onChange={(unit) => unit !== '' && set('unit')(unit)}
            />
            <TextField
              path={`${path}.window`}
              label="Over"
              placeholder="5m"
              width={10}
              value={test.window}
              onChange={set('window')}
            />
            {comparison}
          </div>
        </>
      );
    case 'anomaly':
      return <AnomalyFields {...props} />;
    case 'absence':
      return (
        <>
          {subject}
          <TextField
            path={`${path}.for`}
            label="Gone for"
            description="Empty: at the moment"
            placeholder="5m"
            width={14}
            value={test.window}
            onChange={set('window', 'for')}
          />
        </>
      );
    case 'composite':
      return <CompositeFields {...props} Part={TestFields} />;
    case 'named':
      return (
        <ChoiceField
          path={path}
          label="Rule"
          value={test.named}
          options={conditions}
          width={30}
          onChange={set('named')}
        />
      );
  }
}

const OWN = 'an expression';

function AnomalyFields({ test, path, onChange }: TestFieldsProps) {
  const { watches } = useForm();
  const styles = useStyles2(stylesOf);
  const isOwn = test.watch === '';
  return (
    <>
      <div className={styles.line}>
        <ChoiceField
          path={`${path}.watch`}
          label="Of"
          description="What is scored already, or an expression"
          value={test.watch === '' ? OWN : test.watch}
          options={[OWN, ...watches]}
          width={30}
          onChange={(watch) =>
            onChange({ ...test, watch: watch === OWN ? '' : watch }, `${path}.watch`)
          }
        />
        <ChoiceField
          path={`${path}.sensitivity`}
          label="Sensitivity"
          description="High alerts from half the score on"
          value={test.sensitivity}
          options={[...new Set(['low', 'medium', 'high', test.sensitivity])]}
          onChange={(sensitivity) => onChange({ ...test, sensitivity }, `${path}.sensitivity`)}
        />
      </div>
      {isOwn ? (
        <ExpressionField
          path={`${path}.expr`}
          label="Expression"
          description="Scored by a watch of its own"
          value={test.expr}
          testId={testIds.ruleExpr}
          onChange={(expr) => onChange({ ...test, expr }, `${path}.expr`)}
        />
      ) : (
        <PairsField
          path={`${path}.labels`}
          label="Only series with"
          pairs={test.labels}
          onChange={(labels) => onChange({ ...test, labels }, `${path}.labels`)}
        />
      )}
    </>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  fields: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5) }),
  line: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'flex-start',
    gap: theme.spacing(1),
  }),
});
