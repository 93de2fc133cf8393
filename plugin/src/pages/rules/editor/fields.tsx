import { css } from '@emotion/css';
import { Button, Field, Input, useStyles2 } from '@grafana/ui';
import type { GrafanaTheme2 } from '@grafana/data';
import { useId } from 'react';
import { Choice } from '../../../shared/Choice.js';
import { PromqlField } from '../../../shared/promql/PromqlField.js';
import { problemAt } from '../form/problems.js';
import type { Pair } from '../form/form.js';
import { useForm } from './form-context.js';

interface TextProps {
  /** As in a condition, such as `threshold.value`. */
  readonly path: string;
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly width?: number;
  readonly testId?: string;
}

/** A line of text, with what is wrong with it. */
export function TextField(props: TextProps) {
  const { path, label, description, placeholder, value, onChange, width, testId } = props;
  const id = useId();
  const problem = problemAt(useForm().problems, path);
  return (
    <Field
      noMargin
      {...{ label, description }}
      htmlFor={id}
      invalid={problem !== undefined}
      error={problem}
    >
      <Input
        {...{ id, placeholder, value, width }}
        data-testid={testId}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </Field>
  );
}

interface ChoiceProps<T extends string> {
  readonly path: string;
  readonly label: string;
  readonly description?: string;
  readonly value: T;
  readonly options: readonly T[];
  /** What an empty value is called; without it there is none. */
  readonly empty?: string;
  readonly onChange: (value: T) => void;
  readonly width?: number;
}

/** One of some words, with what is wrong with it. */
export function ChoiceField<T extends string>(props: ChoiceProps<T | ''>) {
  const { path, label, description, value, options, empty, onChange, width = 18 } = props;
  const id = useId();
  const problem = problemAt(useForm().problems, path);
  const all = [
    ...(empty === undefined ? [] : [{ value: '' as const, label: empty }]),
    ...options.map((option) => ({ value: option, label: option })),
  ];
  return (
    <Field
      noMargin
      {...{ label, description }}
      htmlFor={id}
      invalid={problem !== undefined}
      error={problem}
    >
      <Choice {...{ id, width, value, onChange }} options={all} />
    </Field>
  );
}

interface ExpressionProps {
  readonly path: string;
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly height?: number;
  readonly testId?: string;
}

/** PromQL with completion, with what is wrong with it. */
export function ExpressionField(props: ExpressionProps) {
  const { path, label, description, value, onChange, height = 56, testId } = props;
  const { door, problems } = useForm();
  const problem = problemAt(problems, path);
  return (
    <Field noMargin {...{ label, description }} invalid={problem !== undefined} error={problem}>
      <div data-testid={testId}>
        <PromqlField
          validate={(expr) => door.validate(expr)}
          names={door.names}
          onEdit={onChange}
          {...{ value, label, height, onChange }}
        />
      </div>
    </Field>
  );
}

interface PairsProps {
  readonly path: string;
  readonly label: string;
  readonly description?: string;
  readonly pairs: readonly Pair[];
  /** Names that are offered for the next ones. */
  readonly names?: readonly string[];
  readonly onChange: (pairs: readonly Pair[]) => void;
}

/** Names with values. */
export function PairsField({ path, label, description, pairs, names = [], onChange }: PairsProps) {
  const styles = useStyles2(stylesOf);
  const problem = problemAt(useForm().problems, path);
  const change = (at: number, changes: Partial<Pair>): void =>
    onChange(pairs.map((pair, i) => (i === at ? { ...pair, ...changes } : pair)));
  const next = names.find((name) => !pairs.some((pair) => pair.name === name)) ?? '';
  return (
    <Field noMargin {...{ label, description }} invalid={problem !== undefined} error={problem}>
      <div>
        {pairs.map(({ name, value }, at) => (
          <div key={at} className={styles.pair}>
            <Input
              width={18}
              value={name}
              placeholder="name"
              aria-label={`Name ${at + 1} of ${label}`}
              onChange={({ currentTarget }) => change(at, { name: currentTarget.value })}
            />
            <Input
              value={value}
              placeholder="value"
              aria-label={`${name || `Value ${at + 1}`} of ${label}`}
              onChange={({ currentTarget }) => change(at, { value: currentTarget.value })}
            />
            <Button
              variant="secondary"
              fill="text"
              icon="trash-alt"
              aria-label={`Remove ${name || `pair ${at + 1}`} from ${label}`}
              onClick={() => onChange(pairs.filter((_pair, i) => i !== at))}
            />
          </div>
        ))}
        <Button
          size="sm"
          variant="secondary"
          fill="text"
          icon="plus"
          onClick={() => onChange([...pairs, { name: next, value: '' }])}
        >
          {next === '' ? 'Add one' : `Add ${next}`}
        </Button>
      </div>
    </Field>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  pair: css({ display: 'flex', gap: theme.spacing(0.5), marginBottom: theme.spacing(0.5) }),
});
