import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import type { ComponentType } from 'react';
import { EMPTY_TEST, type TestForm } from '../form/form.js';
import { TextField } from './fields.js';
import type { TestFieldsProps } from './TestFields.js';

const JOINS = [
  { value: 'and', label: 'All of', description: 'and' },
  { value: 'or', label: 'One of', description: 'or' },
  { value: 'not', label: 'Not', description: 'not' },
] as const;

interface CompositeFieldsProps extends TestFieldsProps {
  /** Draws a part, which may be a composite again. */
  readonly Part: ComponentType<TestFieldsProps>;
}

/** Conditions that are joined. */
export function CompositeFields({ test, path, onChange, Part }: CompositeFieldsProps) {
  const styles = useStyles2(stylesOf);
  const { joiner, parts } = test;
  // Of “not” there is one; the others are kept while another joiner is looked at.
  const shown = joiner === 'not' ? 1 : Math.max(1, parts.length);
  const all = parts.length === 0 ? [EMPTY_TEST] : parts;
  const change = (next: readonly TestForm[], at: string): void =>
    onChange({ ...test, parts: next }, at);
  return (
    <>
      <div>
        <RadioButtonGroup
          aria-label="How they are joined"
          size="sm"
          options={[...JOINS]}
          value={joiner}
          onChange={(next) => onChange({ ...test, joiner: next }, path)}
        />
      </div>
      {all.slice(0, shown).map((part, at) => (
        <div key={at} className={styles.part} role="group" aria-label={`Part ${at + 1}`}>
          <Part
            test={part}
            path={joiner === 'not' ? `${path}.not` : `${path}.${joiner}[${at}]`}
            onChange={(next, where) =>
              change(
                all.map((one, i) => (i === at ? next : one)),
                where,
              )
            }
          />
          {joiner !== 'not' && all.length > 1 && (
            <Button
              size="sm"
              variant="secondary"
              fill="text"
              icon="trash-alt"
              onClick={() =>
                change(
                  all.filter((_one, i) => i !== at),
                  path,
                )
              }
            >
              Remove part {at + 1}
            </Button>
          )}
        </div>
      ))}
      {joiner !== 'not' && (
        <div>
          <Button
            size="sm"
            variant="secondary"
            icon="plus"
            onClick={() => change([...all, EMPTY_TEST], path)}
          >
            Add a part
          </Button>
        </div>
      )}
      {joiner === 'and' && (
        <TextField
          path={`${path}.on`}
          label="Matched by labels"
          description="Separated by commas; empty: by all labels"
          placeholder="instance, job"
          value={test.on}
          onChange={(on) => onChange({ ...test, on }, `${path}.on`)}
        />
      )}
    </>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  part: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'stretch',
    gap: theme.spacing(1),
    padding: theme.spacing(1, 0, 1, 1.5),
    borderLeft: `2px solid ${theme.colors.border.medium}`,
  }),
});
