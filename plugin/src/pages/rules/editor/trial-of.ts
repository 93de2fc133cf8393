import type { RuntimeRuleAnswer } from '@kymo/contract';
import { useMemo, useState } from 'react';
import { fieldsOf } from '../../../shared/json.js';
import { isComplete } from '../form/complete.js';
import { definitionOf } from '../form/definition.js';
import type { RuleForm } from '../form/form.js';
import { problemsOf, type Problem } from '../form/problems.js';
import type { TrialRequest } from './use-trial.js';

/** How a rule is tried while it is written: also before it has a name, but not before it is complete. */
export function trialOf(
  form: RuleForm,
  id: string | undefined,
  length: number,
): TrialRequest | undefined {
  if (!isComplete(form)) return undefined;
  const { test } = form;
  if (form.way === 'recording') return { id, length, definition: undefined, subject: form.expr };
  const isScored = form.way === 'condition' && test.kind === 'anomaly' && test.watch === '';
  const name = form.name.trim() === '' ? 'Unnamed' : form.name;
  // What is only a part of others makes no alert, but shows here when it would hold.
  const definition = definitionOf({ ...form, name, alert: true });
  return { id, length, definition, subject: isScored ? test.expr : undefined };
}

/** Names of all other conditions. */
export function conditionsOf(
  rules: readonly RuntimeRuleAnswer[],
  id: string | undefined,
): string[] {
  return rules.flatMap((rule) => {
    const { name } = fieldsOf(rule.condition);
    return rule.id !== id && typeof name === 'string' ? [name] : [];
  });
}

interface ProblemsOptions {
  readonly rules: readonly RuntimeRuleAnswer[];
  readonly id: string | undefined;
}

/** What is wrong, as far as it is to be shown: nobody is told of fields that they have not come to. */
export function useProblems(
  error: string | undefined,
  { rules, id }: ProblemsOptions,
): { problems: readonly Problem[]; touch: (path: string) => void; showAll: () => void } {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(id !== undefined);
  const problems = useMemo(() => {
    if (error === undefined) return [];
    const conditions = rules.filter(({ condition }) => condition !== undefined);
    const own = conditions.findIndex((rule) => rule.id === id);
    const found = problemsOf(error, {
      conditions: conditions.map(({ condition }) => String(fieldsOf(condition).name)),
      own: own === -1 ? conditions.length : own,
    });
    return all ? found : found.filter(({ path }) => path === '' || touched.has(path));
  }, [error, rules, id, all, touched]);
  return {
    problems,
    touch: (path) => setTouched((last) => (last.has(path) ? last : new Set([...last, path]))),
    showAll: () => setAll(true),
  };
}
