import { Alert, LinkButton } from '@grafana/ui';
import { useState } from 'react';
import { addressOf } from '../address.js';
import { EMPTY_FORM, type RuleForm } from '../form/form.js';
import { formOf, formOfState } from '../form/read-form.js';
import type { RulesOf } from '../use-rules.js';
import { RuleEditor } from './RuleEditor.js';

interface EditorPageProps {
  readonly ds: string;
  readonly rules: RulesOf;
  /** Of the rule, or `new`. */
  readonly id: string;
  /** Key of the row that a new rule begins as. */
  readonly of: string | undefined;
  readonly refresh: () => void;
}

/** The editor of a rule, or why there is none. */
export function EditorPage({ ds, rules, id, of, refresh }: EditorPageProps) {
  // What is being written is not taken away by what comes from the exporter meanwhile.
  const [whyNot] = useState(rules.whyNot);
  const [initial] = useState(() => initialForm(rules, id, of));
  const why = initial === undefined ? 'There is no such rule (any more).' : whyNot;
  if (initial === undefined || whyNot !== undefined) {
    return (
      <Alert title="This rule cannot be changed" severity="info">
        {why}{' '}
        <LinkButton size="sm" fill="text" href={addressOf({ ds })}>
          All rules
        </LinkButton>
      </Alert>
    );
  }
  return <RuleEditor {...{ ds, rules, initial, refresh }} id={id === 'new' ? undefined : id} />;
}

function initialForm(
  { made, rows }: RulesOf,
  id: string,
  of: string | undefined,
): RuleForm | undefined {
  if (id !== 'new') {
    const rule = made.rules.find((one) => one.id === id);
    return rule && formOf(rule);
  }
  const state = rows.find(({ key }) => key === of)?.state;
  return state === undefined ? EMPTY_FORM : formOfState(state);
}
