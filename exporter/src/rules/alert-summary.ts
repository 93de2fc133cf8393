import { AlertSeverity, type AlertSummaryAnswer } from '@kymo/contract';
import { AlertingState } from './alerting.js';
import type { AlertEntry } from './alert-entry.js';
import type { RuleEngine } from './engine.js';

type Count = AlertSummaryAnswer['counts'][number];

/** The answer of `/api/alerts/summary`: of ten thousand alerts no more than a few dozen lines. */
export function alertSummary(engine: RuleEngine): AlertSummaryAnswer {
  const counts = new Map<string, Count>();
  let total = 0;
  for (const { rules } of engine.groups) {
    for (const { run } of rules) {
      if (!(run instanceof AlertingState)) continue;
      for (const entry of run.entries.values()) {
        const kind = kindOf(entry);
        const key = `${kind.state} ${kind.severity} ${kind.acknowledged}`;
        counts.set(key, { ...kind, count: (counts.get(key)?.count ?? 0) + 1 });
        total++;
      }
    }
  }
  return { total, counts: [...counts.values()] };
}

function kindOf({ status, labels, acknowledgement }: AlertEntry): Omit<Count, 'count'> {
  // Anything may stand in the label, and would make the answer as long as the list.
  const { data = null } = AlertSeverity.safeParse(labels.get('severity').toLowerCase());
  return { state: status.state, severity: data, acknowledged: acknowledgement !== undefined };
}
