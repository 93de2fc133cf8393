import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Field, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { testIds } from '../../../shared/test-ids.js';
import { goTo } from '../address.js';
import { Backtest, RANGES } from '../backtest/Backtest.js';
import { DeleteRule } from '../DeleteRule.js';
import { definitionOf } from '../form/definition.js';
import type { RuleForm, Way } from '../form/form.js';
import { problemsElsewhere } from '../form/problems.js';
import { messageOf, say } from '../../say.js';
import type { RulesOf } from '../use-rules.js';
import { AlertFields } from './AlertFields.js';
import { ExpressionField, PairsField, TextField } from './fields.js';
import { FormProvider } from './form-context.js';
import { useLeaveQuestion } from './LeaveQuestion.js';
import { TestFields } from './TestFields.js';
import { conditionsOf, trialOf, useProblems } from './trial-of.js';
import { useTrial } from './use-trial.js';
import { useWatches } from './use-watches.js';

interface RuleEditorProps {
  readonly ds: string;
  readonly rules: RulesOf;
  /** Of a rule that is changed; `undefined` for a new one. */
  readonly id: string | undefined;
  readonly initial: RuleForm;
  readonly refresh: () => void;
}

const WAYS: { label: string; value: Way }[] = [
  { label: 'Condition', value: 'condition' },
  { label: 'PromQL', value: 'expression' },
  { label: 'Recording rule', value: 'recording' },
];

/** A rule that is written, beside what it would have done. */
export function RuleEditor({ ds, rules, id, initial, refresh }: RuleEditorProps) {
  const styles = useStyles2(stylesOf);
  const { door, made } = rules;
  const [form, setForm] = useState(initial);
  const [length, setLength] = useState(RANGES[0].value);
  const [isSaving, setSaving] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const isDirty = form !== initial && JSON.stringify(form) !== JSON.stringify(initial);
  const { question, letGo } = useLeaveQuestion(isDirty);
  const trial = useTrial(door, trialOf(form, id, length), isSaving);
  const { problems, touch, showAll } = useProblems(refusal ?? trial.error, {
    rules: made.rules,
    id,
  });
  const watches = useWatches(door);
  const conditions = useMemo(() => conditionsOf(made.rules, id), [made.rules, id]);
  const change = (changes: Partial<RuleForm>, path: string): void => {
    setForm((last) => ({ ...last, ...changes }));
    setRefusal(undefined);
    touch(path);
  };
  const save = async (): Promise<void> => {
    setSaving(true);
    try {
      const saved = await door.save(definitionOf(form), id);
      letGo();
      if (saved.problem === undefined) say('alert-success', `${form.name} is saved and in effect`);
      else say('alert-warning', `${form.name} is saved and not in effect`, saved.problem);
      refresh();
      goTo({ ds, of: saved.id });
    } catch (thrown) {
      setRefusal(messageOf(thrown));
      showAll();
      setSaving(false);
    }
  };
  const elsewhere = problemsElsewhere(problems);
  return (
    <FormProvider value={{ door, problems, conditions, watches }}>
      <div className={styles.editor} data-testid={testIds.ruleEditor}>
        <form
          className={styles.form}
          aria-label={id === undefined ? 'New rule' : `Rule ${initial.name}`}
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <div className={styles.line}>
            <Button type="submit" disabled={isSaving} icon="save" data-testid={testIds.ruleSave}>
              {id === undefined ? 'Make the rule' : 'Save'}
            </Button>
            <Button
              type="button"
              variant="secondary"
              data-testid={testIds.ruleLeave}
              onClick={() => goTo({ ds, of: id })}
            >
              Cancel
            </Button>
            {id !== undefined && (
              <DeleteRule
                {...{ door, id, name: initial.name }}
                onDeleted={() => {
                  letGo();
                  refresh();
                  goTo({ ds });
                }}
              />
            )}
          </div>
          {refusal !== undefined && (
            <Alert title="The rule was not saved" severity="error">
              {problems.length > elsewhere.length
                ? 'See what is wrong at the fields below.'
                : elsewhere.join(' ')}
            </Alert>
          )}
          <TextField
            path="name"
            label={form.way === 'recording' ? 'Metric that is recorded' : 'Name'}
            placeholder={form.way === 'recording' ? 'job:requests:rate' : 'LatencyHigh'}
            value={form.name}
            testId={testIds.ruleName}
            onChange={(name) => change({ name }, 'name')}
          />
          <Field noMargin label="Made from">
            <RadioButtonGroup
              options={WAYS}
              value={form.way}
              onChange={(way) =>
                change({ way, ...carriedOver(form, way, trial.last?.answer?.promql) }, '')
              }
            />
          </Field>
          {form.way === 'condition' ? (
            <TestFields
              test={form.test}
              path=""
              onChange={(test, path) => change({ test }, path)}
            />
          ) : (
            <ExpressionField
              path="expr"
              label="PromQL"
              value={form.expr}
              height={96}
              testId={testIds.ruleExpr}
              onChange={(expr) => change({ expr }, 'expr')}
            />
          )}
          {form.way !== 'recording' && (
            <Field noMargin label="PromQL that is evaluated">
              <pre className={styles.code} data-testid={testIds.rulePromql}>
                {trial.error === undefined ? (trial.last?.answer?.promql ?? '…') : '–'}
              </pre>
            </Field>
          )}
          {form.way === 'recording' ? (
            <PairsField
              path="labels"
              label="Labels"
              pairs={form.labels}
              onChange={(labels) => change({ labels }, 'labels')}
            />
          ) : (
            <AlertFields form={form} onChange={change} />
          )}
        </form>
        <Backtest
          trial={trial}
          problems={refusal === undefined ? elsewhere : []}
          length={length}
          onLength={setLength}
        />
        {question}
      </div>
    </FormProvider>
  );
}

/** A condition goes on as the PromQL that it is, where there is none yet. */
function carriedOver(form: RuleForm, way: Way, promql = ''): Partial<RuleForm> {
  return way === 'expression' && form.expr === '' ? { expr: promql } : {};
}

const stylesOf = (theme: GrafanaTheme2) => ({
  editor: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    gap: theme.spacing(4),
    alignItems: 'start',
    '@media (max-width: 1100px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  }),
  form: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
  line: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1) }),
  code: css({ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', margin: 0 }),
});
