import type { RuleState as RuleStateAnswer } from '@kymo/contract';
import type { AlertState } from './alert.js';
import { AlertingState } from './alerting.js';
import { optionalTime } from './answers.js';
import type { RuleEngine } from './engine.js';
import type { GroupState, RuleState } from './group.js';
import type { Rule, RuleGroup } from './rule.js';

const BY_URGENCY = ['firing', 'recovering', 'pending'] as const satisfies AlertState[];

/**
 * How all rules do, in the order of evaluation.
 * @param idOf id of the rule that a group was made of at run time
 */
export function ruleStates(
  engine: RuleEngine,
  idOf: (group: RuleGroup) => string | undefined,
): RuleStateAnswer[] {
  return engine.groups.flatMap((group) => {
    const id = idOf(group.group);
    return group.rules.map((state) => ({
      ...(id === undefined ? {} : { id }),
      ...answerOf(state, group),
    }));
  });
}

function answerOf(state: RuleState, { group, interval }: GroupState): RuleStateAnswer {
  const { rule, health, lastError, lastEvaluation, duration } = state;
  return {
    kind: rule.kind,
    name: rule.name,
    group: group.name,
    file: group.file,
    line: rule.place.line,
    promql: state.query,
    labels: rule.labels,
    ...writtenOf(rule),
    interval: interval / 1000,
    ...resultOf(state),
    health,
    lastError: lastError === '' ? null : lastError,
    lastEvaluation: optionalTime(lastEvaluation),
    evaluationTime: duration,
  };
}

function writtenOf(rule: Rule): Pick<RuleStateAnswer, 'annotations' | 'for' | 'keepFiringFor'> {
  if (rule.kind === 'recording') return { annotations: {}, for: 0, keepFiringFor: 0 };
  return {
    annotations: { ...rule.annotations, ...rule.extensions },
    for: rule.for / 1000,
    keepFiringFor: rule.keepFiringFor / 1000,
  };
}

function resultOf({ run, lastEvaluation }: RuleState): Pick<RuleStateAnswer, 'state' | 'values'> {
  if (!(run instanceof AlertingState)) return { state: null, values: run.count };
  const states = [...run.entries.values()].map(({ status }) => status.state);
  const values = states.filter((state) => state !== 'inactive').length;
  if (lastEvaluation === 0) return { state: null, values };
  return { state: BY_URGENCY.find((state) => states.includes(state)) ?? 'inactive', values };
}
