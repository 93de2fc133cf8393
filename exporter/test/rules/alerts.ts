import type { Alert, AlertState, Transition } from '../../src/rules/alert.js';

/** A firing alert, with what is given changed. Its fingerprint is its name unless given. */
export function alertWith(changes: Partial<Alert> = {}): Alert {
  const labels = changes.labels ?? { alertname: 'High', severity: 'warning' };
  return {
    fingerprint: Object.values(labels).join('-'),
    rule: { file: 'rules.yml', group: 'g', name: labels.alertname },
    labels,
    annotations: { summary: 'too high' },
    state: 'firing',
    value: 5,
    activeAt: 1000,
    firedAt: 2000,
    lastActiveAt: 2000,
    resolvedAt: 0,
    flapping: false,
    receivers: [],
    ...changes,
  };
}

/** The alert after it has gone from one state to another. */
export function transitionTo(to: AlertState, alert: Alert, from: AlertState): Transition {
  const time = to === 'inactive' ? alert.resolvedAt : alert.firedAt;
  return { time, from, to, reason: 'test', alert: { ...alert, state: to } };
}
