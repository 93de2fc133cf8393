import { BadRequestError } from '../promql/errors.js';
import { parseSeriesSelector } from '../promql/parse.js';
import type { Labels } from '../series/labels.js';
import type { Matcher } from '../series/matcher.js';
import type { Alert } from './alert.js';
import type { AlertEntry } from './alert-entry.js';
import { AlertingState } from './alerting.js';
import type { RuleEngine } from './engine.js';
import type { GroupState, RuleHealth, RuleState } from './group.js';

/** An alert in the shape of Prometheus's API. */
interface PrometheusAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
  readonly keepFiringSince?: string;
  /** As Go prints it: `1e+00`. */
  readonly value: string;
}

interface PrometheusRule {
  readonly name: string;
  readonly query: string;
  readonly labels: Labels;
  readonly health: RuleHealth;
  readonly lastError?: string;
  /** Seconds. */
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
  readonly type: 'alerting' | 'recording';
}

interface PrometheusAlertingRule extends PrometheusRule {
  readonly state: 'unknown' | 'inactive' | 'pending' | 'firing';
  /** Seconds. */
  readonly duration: number;
  readonly keepFiringFor: number;
  readonly annotations: Labels;
  readonly alerts: readonly PrometheusAlert[] | null;
}

interface PrometheusGroup {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly (PrometheusRule | PrometheusAlertingRule)[];
  /** Seconds. */
  readonly interval: number;
  readonly limit: number;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

/** What Go's encoding of a time that is none looks like. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** RFC 3339 as Go prints it. */
export function timeText(milliseconds: number): string {
  if (milliseconds === 0) return ZERO_TIME;
  return new Date(milliseconds).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** Go's `strconv.FormatFloat(value, 'e', -1, 64)`. */
function exponential(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const text = value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return Object.is(value, -0) ? `-${text}` : text;
}

function prometheusAlert({ labels, annotations, status, value }: AlertEntry): PrometheusAlert {
  return {
    labels: labels.toObject(),
    annotations,
    state: status.state === 'pending' ? 'pending' : 'firing',
    activeAt: timeText(status.activeAt),
    ...(status.overSince === 0 ? {} : { keepFiringSince: timeText(status.overSince) }),
    value: exponential(value),
  };
}

function activeEntries(run: AlertingState): AlertEntry[] {
  return [...run.entries.values()].filter(({ status }) => status.state !== 'inactive');
}

function stateOf(
  { lastEvaluation }: RuleState,
  entries: readonly AlertEntry[],
): PrometheusAlertingRule['state'] {
  if (lastEvaluation === 0) return 'unknown';
  if (entries.some(({ fires }) => fires)) return 'firing';
  return entries.length > 0 ? 'pending' : 'inactive';
}

function prometheusRule(state: RuleState, withAlerts: boolean): PrometheusRule {
  const { rule, run } = state;
  const common = {
    name: rule.name,
    query: state.query,
    labels: rule.labels,
    health: state.health,
    ...(state.lastError === '' ? {} : { lastError: state.lastError }),
    evaluationTime: state.duration,
    lastEvaluation: timeText(state.lastEvaluation),
  };
  if (!(run instanceof AlertingState)) return { ...common, type: 'recording' };
  const entries = activeEntries(run);
  const alerting: PrometheusAlertingRule = {
    state: stateOf(state, entries),
    ...common,
    duration: run.rule.for / 1000,
    keepFiringFor: run.rule.keepFiringFor / 1000,
    annotations: run.rule.annotations,
    alerts: withAlerts ? entries.map(prometheusAlert) : null,
    type: 'alerting',
  };
  return alerting;
}

/** What `/api/v1/rules` may be asked for (Prometheus 3). */
interface RuleFilters {
  readonly kind: 'alerting' | 'recording' | undefined;
  readonly names: readonly string[];
  readonly groups: readonly string[];
  readonly files: readonly string[];
  readonly withAlerts: boolean;
  /** Alternatives, of which each is a list of matchers for the rule's labels. */
  readonly matchers: readonly (readonly Matcher[])[];
}

const TRUE = ['1', 't', 'true'];
const FALSE = ['', '0', 'f', 'false'];

/** @throws BadRequestError, ParseError */
function readFilters(parameters: URLSearchParams): RuleFilters {
  const type = (parameters.get('type') ?? '').toLowerCase();
  if (!['', 'alert', 'record'].includes(type)) {
    throw new BadRequestError(`invalid parameter "type": not supported value "${type}"`);
  }
  const exclude = (parameters.get('exclude_alerts') ?? '').toLowerCase();
  if (!TRUE.includes(exclude) && !FALSE.includes(exclude)) {
    throw new BadRequestError(
      `invalid parameter "exclude_alerts": "${exclude}" is neither true nor false`,
    );
  }
  return {
    kind: type === '' ? undefined : type === 'alert' ? 'alerting' : 'recording',
    names: parameters.getAll('rule_name[]'),
    groups: parameters.getAll('rule_group[]'),
    files: parameters.getAll('file[]'),
    withAlerts: FALSE.includes(exclude),
    matchers: parameters.getAll('match[]').map(parseSeriesSelector),
  };
}

const among = (list: readonly string[], value: string): boolean =>
  list.length === 0 || list.includes(value);

function matches({ rule }: RuleState, { kind, names, matchers }: RuleFilters): boolean {
  const labels = rule.labels;
  return (
    (kind === undefined || rule.kind === kind) &&
    among(names, rule.name) &&
    (matchers.length === 0 ||
      matchers.some((all) => all.every((matcher) => matcher.matches(labels[matcher.name] ?? ''))))
  );
}

/** Groups in one page of an answer, and how the next page begins. */
function page(
  groups: readonly GroupState[],
  parameters: URLSearchParams,
): { first: number; limit: number } {
  const limit = parameters.get('group_limit') ?? '';
  const token = parameters.get('group_next_token') ?? '';
  if (limit === '') {
    if (token === '') return { first: 0, limit: Infinity };
    throw new BadRequestError(
      'invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups',
    );
  }
  if (!/^\d+$/.test(limit) || Number(limit) === 0) {
    throw new BadRequestError(
      'invalid parameter "group_limit": group_limit needs to be greater than 0',
    );
  }
  const first = token === '' ? 0 : groups.findIndex((group) => tokenOf(group) === token);
  if (first < 0) {
    throw new BadRequestError(
      `invalid parameter "group_next_token": invalid group_next_token '${token}'. were rule groups changed?`,
    );
  }
  return { first, limit: Number(limit) };
}

function tokenOf({ group }: GroupState): string {
  return Buffer.from(`${group.file};${group.name}`).toString('hex');
}

/**
 * The `data` of `/api/v1/rules`.
 * @throws BadRequestError, ParseError for parameters that make no sense
 */
export function rulesAnswer(
  engine: RuleEngine,
  parameters: URLSearchParams,
): { readonly groups: readonly PrometheusGroup[]; readonly groupNextToken?: string } {
  const filters = readFilters(parameters);
  const all = [...engine.groups].sort(
    (a, b) => compare(a.group.file, b.group.file) || compare(a.group.name, b.group.name),
  );
  const { first, limit } = page(all, parameters);
  const groups: PrometheusGroup[] = [];
  for (const state of all.slice(first)) {
    const { group } = state;
    if (!among(filters.groups, group.name) || !among(filters.files, group.file)) continue;
    const rules = state.rules
      .filter((rule) => matches(rule, filters))
      .map((rule) => prometheusRule(rule, filters.withAlerts));
    if (rules.length === 0) continue;
    if (groups.length === limit) return { groups, groupNextToken: tokenOf(state) };
    groups.push({
      name: group.name,
      file: group.file,
      rules,
      interval: state.interval / 1000,
      limit: group.limit,
      evaluationTime: state.duration,
      lastEvaluation: timeText(state.lastEvaluation),
    });
  }
  return { groups };
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The `data` of `/api/v1/alerts`. */
export function alertsAnswer(engine: RuleEngine): { readonly alerts: readonly PrometheusAlert[] } {
  const alerts = engine.groups.flatMap(({ rules }) =>
    rules.flatMap(({ run }) =>
      run instanceof AlertingState ? activeEntries(run).map(prometheusAlert) : [],
    ),
  );
  return { alerts };
}

export const optionalTime = (milliseconds: number): string | null =>
  milliseconds === 0 ? null : timeText(milliseconds);

/** An alert in the shape of `/api/alerts`. */
export function alertAnswer(alert: Alert): Readonly<Record<string, unknown>> {
  const { acknowledgement, labels, value, flapping } = alert;
  return {
    fingerprint: alert.fingerprint,
    rule: alert.rule,
    labels: flapping ? { ...labels, kymo_flapping: 'true' } : labels,
    annotations: alert.annotations,
    severity: labels.severity ?? null,
    state: alert.state,
    // JSON has neither NaN nor infinities.
    value: Number.isFinite(value) ? value : null,
    activeAt: optionalTime(alert.activeAt),
    firedAt: optionalTime(alert.firedAt),
    lastActiveAt: optionalTime(alert.lastActiveAt),
    resolvedAt: optionalTime(alert.resolvedAt),
    flapping,
    receivers: alert.receivers,
    acknowledgement:
      acknowledgement === undefined
        ? null
        : {
            by: acknowledgement.by,
            comment: acknowledgement.comment,
            time: timeText(acknowledgement.time),
            until: optionalTime(acknowledgement.until ?? 0),
          },
  };
}
