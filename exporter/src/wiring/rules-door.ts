import type { RulesDoor } from '../http/dependencies.js';
import type { Clock } from '../lib/clock.js';
import type { RuleEngine } from '../rules/engine.js';
import type { RuleGroup } from '../rules/rule.js';
import { ruleStates } from '../rules/rule-states.js';
import { ruleTestAnswer, runtimeRuleAnswer } from '../rules/runtime-rule-answers.js';
import type { RuntimeRuleService } from '../rules/runtime-rule-service.js';

export interface RulesDoorOptions {
  /** Milliseconds. */
  readonly tick: number;
  /** How far back the head goes, in milliseconds. */
  readonly retention: number;
  readonly clock: Clock;
  /** What evaluates all rules, when it has been started. */
  readonly engine: () => RuleEngine;
}

/** Rules made at run time, as the HTTP API has them. */
export function rulesDoor(
  rules: RuntimeRuleService,
  { tick, retention, clock, engine }: RulesDoorOptions,
): RulesDoor {
  return {
    list: () => ({
      rules: rules.list().map((rule) => runtimeRuleAnswer(rule)),
      problem: rules.problem ?? null,
    }),
    states: () => {
      const ids = new Set(rules.list().map(({ id }) => id));
      const isOurs = ({ file, name }: RuleGroup): boolean =>
        rules.files.includes(file) && ids.has(name);
      return { rules: ruleStates(engine(), (group) => (isOurs(group) ? group.name : undefined)) };
    },
    get: (id) => runtimeRuleAnswer(rules.get(id), rules.problem),
    create: async (definition) => runtimeRuleAnswer(await rules.create(definition), rules.problem),
    update: async (id, definition) =>
      runtimeRuleAnswer(await rules.update(id, definition), rules.problem),
    delete: (id) => rules.delete(id),
    test: async (definition, { start, end, step, ...more }) => {
      const until = Math.floor((end ?? clock.now()) / tick) * tick;
      const range = {
        start: start ?? until - retention,
        end: end ?? until,
        step: step ?? tick,
      };
      return ruleTestAnswer(await rules.test(definition, { ...range, ...more }), range);
    },
  };
}
