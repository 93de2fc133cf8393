import type { Recorded } from '../http/analysis/lineage.js';
import type { RuleEngine } from '../rules/engine.js';

/** The recording rules that are in effect, as analyses see them. */
export function recordedRules({ groups }: Pick<RuleEngine, 'groups'>): Recorded[] {
  return groups.flatMap(({ rules }) =>
    rules.flatMap(({ rule: { kind, name, expression } }) =>
      kind === 'recording' ? [{ name, expression }] : [],
    ),
  );
}
