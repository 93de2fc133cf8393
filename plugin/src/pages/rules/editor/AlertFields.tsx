import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Checkbox, ControlledCollapse, useStyles2 } from '@grafana/ui';
import { testIds } from '../../../shared/test-ids.js';
import { FALLBACKS, SEVERITIES, type RuleForm } from '../form/form.js';
import { ChoiceField, PairsField, TextField } from './fields.js';

export interface AlertFieldsProps {
  readonly form: RuleForm;
  /** @param path of the field that was changed */
  readonly onChange: (changes: Partial<RuleForm>, path: string) => void;
}

const ANNOTATIONS = ['summary', 'description', 'runbook_url'];

/** What the alert of a rule is to be. */
export function AlertFields({ form, onChange }: AlertFieldsProps) {
  const styles = useStyles2(stylesOf);
  return (
    <>
      <div className={styles.line}>
        <ChoiceField
          path="severity"
          label="Severity"
          value={form.severity}
          options={[...new Set([...SEVERITIES, ...(form.severity === '' ? [] : [form.severity])])]}
          empty={form.way === 'expression' ? 'none' : undefined}
          onChange={(severity) => onChange({ severity }, 'severity')}
        />
        <TextField
          path="for"
          label="After it has held for"
          placeholder="0s"
          width={18}
          value={form.for}
          testId={testIds.ruleFor}
          onChange={(value) => onChange({ for: value }, 'for')}
        />
      </div>
      <PairsField
        path="annotations"
        label="What it says"
        description="Annotations; {{ $value }} and {{ $labels.job }} are filled in"
        pairs={form.annotations}
        names={ANNOTATIONS}
        onChange={(annotations) => onChange({ annotations }, 'annotations')}
      />
      <PairsField
        path="labels"
        label="Labels"
        description="Beside those of the series; receivers choose by them"
        pairs={form.labels}
        onChange={(labels) => onChange({ labels }, 'labels')}
      />
      <Advanced form={form} onChange={onChange} />
    </>
  );
}

function Advanced({ form, onChange }: AlertFieldsProps) {
  const styles = useStyles2(stylesOf);
  const { keepFiringFor, resolve, cooldown, noData, error, receivers } = form;
  const given = [keepFiringFor, resolve, cooldown, noData, error, receivers].join('');
  return (
    <ControlledCollapse
      label="Resolving, missing data and receivers"
      isOpen={given !== '' || !form.alert}
    >
      <div className={styles.advanced}>
        <TextField
          path="resolve"
          label="Resolves only when"
          description="PromQL that yields what is over, or the value to go back to: it fires until then"
          placeholder="never later than its condition"
          value={form.resolve}
          onChange={(resolve) => onChange({ resolve }, 'resolve')}
        />
        <div className={styles.line}>
          <TextField
            path="keep_firing_for"
            label="Keeps firing for"
            placeholder="0s"
            width={18}
            value={form.keepFiringFor}
            onChange={(keepFiringFor) => onChange({ keepFiringFor }, 'keep_firing_for')}
          />
          <TextField
            path="cooldown"
            label="Cooldown after resolving"
            placeholder="0s"
            width={22}
            value={form.cooldown}
            onChange={(cooldown) => onChange({ cooldown }, 'cooldown')}
          />
        </div>
        <div className={styles.line}>
          <ChoiceField
            path="no_data"
            label="When data are gone"
            value={form.noData}
            options={FALLBACKS}
            empty="ok (default)"
            onChange={(noData) => onChange({ noData }, 'no_data')}
          />
          <ChoiceField
            path="error"
            label="When it fails"
            value={form.error}
            options={FALLBACKS}
            empty="keep (default)"
            onChange={(error) => onChange({ error }, 'error')}
          />
        </div>
        <TextField
          path="receivers"
          label="Receivers"
          description="Names of webhook receivers, separated by commas"
          placeholder="all"
          value={form.receivers}
          onChange={(receivers) => onChange({ receivers }, 'receivers')}
        />
        {form.way === 'condition' && (
          <Checkbox
            label="Only a part of composite conditions: makes no alert"
            value={!form.alert}
            onChange={({ currentTarget }) => onChange({ alert: !currentTarget.checked }, 'alert')}
          />
        )}
      </div>
    </ControlledCollapse>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'flex-start',
    gap: theme.spacing(1),
  }),
  advanced: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5) }),
});
