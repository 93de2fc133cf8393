import type { AlertRow, AlertState } from '../../shared/alert-frames.js';
import type { AlertPast } from '../../shared/alerts-door.js';
import { fieldsOf } from '../../shared/json.js';
import type { Condition } from './condition.js';

/** What a rule says that its alerts do not. */
export interface RuleInfo {
  readonly expr: string;
  readonly condition: Condition | undefined;
  /** Of what is compared, as Grafana calls it; `undefined` where it is not known. */
  readonly unit: string | undefined;
}

const STATES: readonly AlertState[] = ['inactive', 'pending', 'firing', 'recovering'];

/** What rules and the rules of alerts are matched by. */
export function ruleKey(rule: unknown): string {
  const { file, group, name } = fieldsOf(rule);
  return JSON.stringify([file, group, name]);
}

/** An alert of `/api/alerts` or of the live stream. */
export function alertOf(json: unknown, info: RuleInfo | undefined): AlertRow {
  const alert = fieldsOf(json);
  const rule = fieldsOf(alert.rule);
  const acknowledgement = fieldsOf(alert.acknowledgement);
  const annotations = textsOf(alert.annotations);
  const labels = textsOf(alert.labels);
  const { condition } = info ?? {};
  return {
    since: timeOf(alert.activeAt),
    state: STATES.find((state) => state === alert.state) ?? 'inactive',
    severity: textOf(labels.severity),
    name: textOf(rule.name) ?? labels.alertname ?? '',
    value: typeof alert.value === 'number' ? alert.value : null,
    operator: condition?.operator ?? null,
    threshold: condition?.threshold ?? null,
    unit: info?.unit ?? null,
    summary: textOf(annotations.summary),
    explanation: textOf(annotations.description),
    labels,
    runbook: webAddress(annotations.runbook_url),
    acknowledgedBy: textOf(acknowledgement.by),
    comment: textOf(acknowledgement.comment),
    acknowledgedAt: timeOf(acknowledgement.time),
    until: timeOf(acknowledgement.until),
    flapping: alert.flapping === true,
    firedAt: timeOf(alert.firedAt),
    resolvedAt: timeOf(alert.resolvedAt),
    group: textOf(rule.group),
    expr: info?.expr ?? null,
    compared: condition?.compared ?? null,
    annotations,
    fingerprint: textOf(alert.fingerprint) ?? '',
  };
}

/** An event of `/api/alerts/history`. */
export function pastOf(json: unknown): AlertPast {
  const { type, time, transition, acknowledgement, by } = fieldsOf(json);
  const at = timeOf(time) ?? 0;
  if (type === 'transition') {
    const { to, reason } = fieldsOf(transition);
    const what = to === 'inactive' ? 'resolved' : String(to);
    return { time: at, what, text: textOf(reason) ?? '' };
  }
  if (type === 'acknowledged') {
    const { by: who, comment } = fieldsOf(acknowledgement);
    const said = textOf(comment);
    return { time: at, what: type, text: `by ${String(who)}${said === null ? '' : `: ${said}`}` };
  }
  const who = textOf(by);
  return { time: at, what: 'acknowledgement ended', text: who === null ? '' : `by ${who}` };
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** Unix milliseconds of a time as text or number; 0 stands for none. */
export function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  return typeof time === 'number' && time > 0 ? time : null;
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(fieldsOf(value));
  return Object.fromEntries(entries.map(([name, text]) => [name, String(text)]));
}

/** An address that a link may go to: whoever writes rules must not run scripts in this page. */
function webAddress(value: string | undefined): string | null {
  return value !== undefined && /^https?:\/\//i.test(value) ? value : null;
}
