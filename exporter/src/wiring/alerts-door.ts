import type { AlertsDoor } from '../http/dependencies.js';
import type { Clock } from '../lib/clock.js';
import { alertSummary } from '../rules/alert-summary.js';
import { alertAnswer } from '../rules/answers.js';
import type { RuleService } from '../rules/rule-service.js';

/** The alerts of a rule service, as the HTTP API has them. */
export function alertsDoor(rules: RuleService, clock: Clock): AlertsDoor {
  return {
    list: () => rules.engine.alerts().map(alertAnswer),
    summary: () => alertSummary(rules.engine),
    history: async (query) => (await rules.log?.history(query)) ?? [],
    acknowledge: async (fingerprint, acknowledgement) =>
      alertAnswer(
        await rules.acknowledge(fingerprint, {
          ...acknowledgement,
          time: clock.now(),
        }),
      ),
    unacknowledge: async (fingerprint, by) =>
      alertAnswer(await rules.unacknowledge(fingerprint, by)),
  };
}
