import type { AlertRow } from '../src/shared/alert-frames.js';

/** An alert that fires, with what a test says of it. */
export function alertRow(said: Partial<AlertRow> = {}): AlertRow {
  return {
    since: 1000,
    state: 'firing',
    severity: 'warning',
    name: 'Alert',
    value: 2,
    operator: '>',
    threshold: 1,
    unit: null,
    summary: 'It is so',
    explanation: null,
    labels: { alertname: 'Alert', severity: 'warning', job: 'kymo' },
    runbook: null,
    acknowledgedBy: null,
    comment: null,
    acknowledgedAt: null,
    until: null,
    flapping: false,
    firedAt: 1000,
    resolvedAt: null,
    group: 'rules',
    expr: 'a > 1',
    compared: 'a',
    annotations: { summary: 'It is so' },
    fingerprint: said.name ?? 'f',
    ...said,
  };
}
