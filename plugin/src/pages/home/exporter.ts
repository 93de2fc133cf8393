import {
  datasourceFails,
  historyFinding,
  rulesFail,
  sourceFindings,
  warning,
  type Finding,
} from '@kymo/contract/findings';
import type { AlertCount } from '../../shared/alert-standing.js';
import { spanText } from '../../shared/span-text.js';
import { onlyLooks, whyNotOf } from '../../shared/why-not.js';
import {
  alertCountsOf,
  callerOf,
  healthOf,
  scalarOf,
  statsOf,
  type HealthPart,
} from '../answers.js';
import type { Peer } from '../peer.js';

/** How an exporter does. `waiting`: it starts or ends. */
export type Condition = 'ok' | 'degraded' | 'waiting' | 'unreachable';

/** What an exporter says of itself. */
export interface Exporter {
  readonly condition: Condition;
  /** What is wrong, and what to do about it; none where it is well. */
  readonly findings: readonly Finding[];
  /** Such as `up for 2 h`: those that are known. */
  readonly figures: readonly string[];
  /** How many are pending or fire; `undefined` where they could not be had. */
  readonly alerts: readonly AlertCount[] | undefined;
  /** Why it takes no changes from who could make them; `undefined` where it does, or of who may only look. */
  readonly whyNot: string | undefined;
}

const CLIENTS = 'scalar(sum(kymo_live_connections))';

/**
 * Asks an exporter how it does. Never rejects.
 * @param uid of its datasource
 * @param role of the signed-in user in Grafana
 */
export async function lookAt(uid: string, peer: Peer, role: string): Promise<Exporter> {
  // First and alone: of one that does not answer nothing more is asked.
  const { status, body, said } = await peer.get('/api/health');
  const health = healthOf(body);
  if (health === undefined) {
    const findings = [datasourceFails(uid, status, said)];
    return {
      condition: 'unreachable',
      findings,
      figures: [],
      alerts: undefined,
      whyNot: undefined,
    };
  }
  const [stats, clients, alerts, caller] = await Promise.all([
    peer.get('/api/stats').then((reply) => statsOf(reply.body)),
    peer.get('/api/v1/query', { query: CLIENTS }).then((reply) => scalarOf(reply.body)),
    peer.get('/api/alerts/summary').then((reply) => alertCountsOf(reply.body)),
    peer.get('/api/caller').then((reply) => callerOf(reply.body) ?? {}),
  ]);
  const figures = [`version ${health.version}`];
  if (stats !== undefined) {
    figures.push(`up for ${spanText(stats.uptime * 1000)}`);
    if (stats.series !== undefined) figures.push(`${stats.series.count.toLocaleString()} series`);
  }
  if (clients !== undefined) {
    figures.push(`${clients} live ${clients === 1 ? 'client' : 'clients'}`);
  }
  const whyNot = onlyLooks(role) ? undefined : whyNotOf(caller, role);
  return { ...stateOf(health), figures, alerts, whyNot };
}

function stateOf(health: HealthPart): Pick<Exporter, 'condition' | 'findings'> {
  const { status } = health;
  if (status === 'ok') return { condition: 'ok', findings: [] };
  if (status === 'starting' || status === 'draining') {
    const remedy = 'wait until it is ready; its log says how far it is';
    return { condition: 'waiting', findings: [warning('exporter', `it is ${status}`, remedy)] };
  }
  const findings = [
    ...sourceFindings(health),
    ...(health.history === undefined ? [] : [historyFinding(health, undefined)]),
    ...(health.rules === undefined ? [] : [rulesFail(health.rules.error)]),
  ].filter(({ state }) => state !== 'ok');
  const unsaid = warning('exporter', `it is ${status}`, 'see the page Set-up, and its log');
  return { condition: 'degraded', findings: findings.length > 0 ? findings : [unsaid] };
}
