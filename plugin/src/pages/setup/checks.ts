import {
  AGES,
  callerFinding,
  clockFindings,
  datasourceFails,
  datasourceReaches,
  failed,
  historyFinding,
  notScrapedFinding,
  ok,
  pluginFinding,
  pushFindings,
  ruleFinding,
  scrapedFinding,
  sourceFindings,
  streamFinding,
  warning,
} from '@kymo/contract/findings';
import {
  callerOf,
  downOf,
  healthOf,
  isKymo,
  pushesOf,
  rulesOf,
  scalarOf,
  scrapedOf,
  statsOf,
  type HealthPart,
  type PushedChannel,
} from '../answers.js';
import type { Peer, Reply } from '../peer.js';
import { unknown, type Result } from './result.js';
import type { Greeting } from './tries.js';
import { wayFinding } from './way.js';

/** A datasource of ours, and the ways to the exporter behind it. */
export interface Target {
  readonly uid: string;
  /** What it is set to. */
  readonly transport: string;
  readonly exporter: Peer;
  /** Grafana itself. */
  readonly grafana: Peer;
  /** Version of the plugin. */
  readonly plugin: string;
  readonly hasGrafanaLive: boolean;
  readonly tryWebSocket: () => Promise<Greeting | string>;
  /** Answers the one in which something new has come. */
  readonly tryChannels: (channels: readonly PushedChannel[]) => Promise<string | undefined>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** The way from a datasource to its exporter, and what that says of itself. */
export async function checkDatasource(target: Target): Promise<Result[]> {
  const { uid, exporter, plugin } = target;
  const reply = await exporter.get('/api/health');
  const health = healthOf(reply.body);
  if (health === undefined) {
    const rest = 'not looked at, since the exporter is not reached';
    return [datasourceFails(uid, reply.status, reply.said), unknown('exporter', rest)];
  }
  // Before anything else keeps the exporter busy.
  const clocks = await checkClocks(target);
  const [stats, rules, greeting, caller, ways] = await Promise.all([
    exporter.get('/api/stats').then(({ body }) => statsOf(body)),
    exporter.get('/api/v1/rules').then(({ body }) => rulesOf(body)),
    target.tryWebSocket(),
    exporter.get('/api/caller').then(({ body }) => callerOf(body)),
    checkPushes(target),
  ]);
  const streams = typeof greeting !== 'string';
  return [
    datasourceReaches(uid, health.version),
    exporterFinding(health, stats?.uptime, streams ? greeting : undefined),
    ...(health.version === plugin ? [] : [pluginFinding(plugin, health.version)]),
    ...sourceFindings(health),
    historyFinding(health, stats),
    ruleFinding(rules, health),
    streamFinding(streams ? undefined : greeting),
    ...ways.results,
    clocks.polling,
    wayFinding({
      transport: target.transport,
      websocket: streams,
      live: ways.arrives,
      polling: clocks.polling.state === 'ok',
    }),
    callerFinding(caller),
    ...clocks.results,
  ];
}

function exporterFinding(
  { status, version }: HealthPart,
  uptime: number | undefined,
  greeting: Greeting | undefined,
): Result {
  if (status === 'starting' || status === 'draining') {
    const remedy = 'wait until it is ready; its log says how far it is';
    return warning('exporter', `Kymo ${version} is ${status}`, remedy);
  }
  const parts = [`Kymo ${version}`];
  if (uptime !== undefined) parts.push(`up for ${spanOf(uptime)}`);
  if (greeting !== undefined) {
    parts.push(`a value every ${greeting.tick / 1000} s`, `epoch ${greeting.epoch}`);
  }
  return ok('exporter', parts.join(', '));
}

/** Seconds in the largest unit that fits, such as `3.5 h`. */
export function spanOf(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
  ] as const;
  const [name, size] = units.find(([, least]) => seconds >= least) ?? ['s', 1];
  return `${Number((seconds / size).toFixed(name === 's' ? 0 : 1))} ${name}`;
}

/** Whether what the exporter pushes comes through Grafana Live. */
async function checkPushes(target: Target): Promise<{ results: Result[]; arrives: boolean }> {
  const { targets, channels } = pushesOf((await target.exporter.get('/api/live/channels')).body);
  const results: Result[] = pushFindings(targets);
  if (channels.length === 0 || !target.hasGrafanaLive) {
    const why = target.hasGrafanaLive
      ? 'none are pushed: grafana[] of the exporter names no Grafana with a token'
      : 'none come, as Grafana Live is off';
    return { results: results.length > 0 ? results : [unknown('channels', why)], arrives: false };
  }
  const name = await target.tryChannels(channels);
  if (name === undefined) {
    const remedy = 'see that grafana[].url of the exporter is this Grafana';
    results.push(warning('channels', 'nothing new came here for some seconds', remedy));
  } else {
    results.push(ok('channels', `come here through Grafana Live, such as ${name}`));
  }
  return { results, arrives: name !== undefined };
}

/** Whether a query is answered, and how the clocks of all stand to each other. */
async function checkClocks({ exporter, grafana, now }: Target) {
  const asked = now();
  const reply = await exporter.get('/api/v1/query', { query: 'time()' });
  const took = now() - asked;
  const time = scalarOf(reply.body);
  const polling = pollingFinding(time, reply, took);
  const askedGrafana = now();
  const { date } = await grafana.get('/api/health');
  const results = clockFindings({
    exporter: time === undefined ? undefined : time * 1000 - (asked + took / 2),
    Grafana: date === undefined ? undefined : date - (askedGrafana + now()) / 2,
    'this browser': 0,
  });
  return { polling, results };
}

function pollingFinding(time: number | undefined, { status, said }: Reply, took: number): Result {
  if (time !== undefined) {
    return ok('polling', `a query is answered within ${Math.max(1, Math.round(took))} ms`);
  }
  const remedy = 'see the log of the exporter, and the permissions of the datasource';
  return failed('polling', `a query is not answered (${status}: ${said})`, remedy);
}

/** Whether a Prometheus that Grafana knows scrapes an exporter. */
export async function checkScraping(prometheuses: readonly Peer[]): Promise<Result> {
  let last: Result = unknown('scraping', 'no datasource here is a Prometheus that could be asked');
  for (const prometheus of prometheuses) {
    if (isKymo((await prometheus.get('/api/v1/status/buildinfo')).body)) continue;
    const scraped = scrapedOf((await prometheus.get('/api/v1/query', { query: AGES })).body);
    if (scraped === undefined) continue;
    if (scraped.length > 0) return scrapedFinding(scraped);
    const { body } = await prometheus.get('/api/v1/targets', { state: 'active' });
    last = notScrapedFinding(downOf(body));
  }
  return last;
}
