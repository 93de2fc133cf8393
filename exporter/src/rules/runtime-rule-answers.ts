import type { RuleTestAnswer, RuntimeRuleAnswer } from '@kymo/contract';
import { optionalTime, timeText } from './answers.js';
import type { RuntimeRule } from './conditions/runtime-rules.js';
import type { TrialResult } from './trial/rule-trial.js';

/** A rule made at run time, and why it may not be in effect. */
export function runtimeRuleAnswer(rule: RuntimeRule, problem?: string): RuntimeRuleAnswer {
  return problem === undefined ? rule : { ...rule, problem };
}

/** What `/api/rules/test` answers. Times and the step are milliseconds. */
export function ruleTestAnswer(
  { rule, result }: { readonly rule: RuntimeRule; readonly result: TrialResult },
  { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
): RuleTestAnswer {
  const { since, alerts, lastError, ...counts } = result;
  return {
    promql: rule.promql,
    rule: rule.rule,
    start: timeText(start),
    end: timeText(end),
    since: timeText(since),
    step: step / 1000,
    ...counts,
    lastError: lastError === '' ? null : lastError,
    alerts: alerts.map(({ pendingAt, firingAt, resolvedAt, value, ...alert }) => ({
      ...alert,
      value: Number.isFinite(value) ? value : null,
      pendingAt: timeText(pendingAt),
      firingAt: optionalTime(firingAt ?? 0),
      resolvedAt: optionalTime(resolvedAt ?? 0),
    })),
  };
}
