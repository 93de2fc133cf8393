import { CallerAnswer } from '@kymo/contract';
import { failed, ok, warning, type Finding } from './finding.js';
import { liveHandshake } from './live-handshake.js';
import { field, list, text, type Peer, type Reply } from './peer.js';

const APP = 'kymo-live-app';
const TYPE = 'kymo-live-datasource';
/** The oldest that the plugin runs in. */
const OLDEST = [12, 3] as const;

export interface GrafanaWish {
  readonly exporterVersion?: string;
  /** Uid of the datasource. */
  readonly datasource: string;
  /** Of the requests, for the WebSocket. */
  readonly authorization?: string;
}

/** The way through a Grafana: server, plugin, datasource, streams, and who is known through it. */
export async function checkGrafana(grafana: Peer, wish: GrafanaWish): Promise<Finding[]> {
  const health = await grafana.get('/api/health');
  const version = text(field(health.json, 'version'));
  if (field(health.json, 'database') === undefined) {
    const detail =
      health.status === 0
        ? `${grafana.url} does not answer: ${health.text}`
        : `${grafana.url} answers, but not as Grafana (status ${health.status})`;
    return [failed('grafana', detail, 'start it, or say where it is with --grafana-url')];
  }
  const found = [grafanaVersion(grafana.url, version)];
  if (wish.authorization === undefined) {
    const remedy =
      'set KYMO_GRAFANA_TOKEN (a service account) or KYMO_GRAFANA_USER=user:password in the environment';
    return [...found, warning('credentials', 'none: what needs a login was not checked', remedy)];
  }
  const settings = await grafana.get('/api/frontend/settings');
  if (settings.status !== 200) {
    const detail = `${settings.status}: ${settings.text}`;
    return [...found, failed('credentials', detail, 'give a token or password that Grafana takes')];
  }
  return [
    ...found,
    await plugin(grafana, wish.exporterVersion),
    live(settings),
    ...(await datasource(grafana, settings, wish)),
  ];
}

function grafanaVersion(url: string, version: string): Finding {
  if (version === '') return ok('grafana', `answers at ${url}; it hides its version`);
  const [major = 0, minor = 0] = version.split('.').map((part) => parseInt(part, 10));
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
    return ok('grafana', `${version} at ${url}`);
  }
  return failed(
    'grafana',
    `${version} is older than the plugin needs`,
    `bring it to ${OLDEST.join('.')} or later`,
  );
}

async function plugin(grafana: Peer, wanted: string | undefined): Promise<Finding> {
  const reply = await grafana.get(`/api/plugins/${APP}/settings`);
  if (reply.status !== 200) return absentPlugin(grafana, reply);
  const version = text(field(reply.json, 'info', 'version'), '?');
  if (field(reply.json, 'enabled') !== true) {
    return failed(
      'plugin',
      `${version} is installed, but not enabled`,
      'enable the app Kymo live, or provision it (`kymo provision`)',
    );
  }
  if (wanted !== undefined && version !== wanted) {
    const detail = `the plugin is ${version}, the exporter ${wanted}`;
    return warning('plugin', detail, 'bring both to one version');
  }
  return ok('plugin', `${version} is installed and enabled`);
}

async function absentPlugin(grafana: Peer, { status }: Reply): Promise<Finding> {
  if (status === 401 || status === 403) {
    const detail = 'this login may not look at plugins';
    return warning('plugin', detail, 'give that of an Editor or Admin');
  }
  const { json } = await grafana.get('/api/plugins/errors');
  const mine = list(json).find((one) => text(field(one, 'pluginId')).startsWith('kymo-'));
  if (mine !== undefined) {
    return failed(
      'plugin',
      `${text(field(mine, 'pluginId'))} is there, but not loaded: ${text(field(mine, 'errorCode'), 'unknown')}`,
      'name all ids of Kymo in GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS and start Grafana again (plugin/README.md)',
    );
  }
  return failed(
    'plugin',
    `${APP} is not loaded`,
    `put it into Grafana's plugin folder, name its ids in GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS, start Grafana again`,
  );
}

function live({ json }: Reply): Finding {
  if (field(json, 'liveEnabled') !== false) return ok('live', 'Grafana Live is on');
  const remedy =
    'set max_connections in [live] of grafana.ini; the WebSocket of the datasource works without';
  return warning('live', 'Grafana Live is off: channels cannot be pushed to it', remedy);
}

async function datasource(
  grafana: Peer,
  { json }: Reply,
  { datasource: uid, authorization = '' }: GrafanaWish,
): Promise<Finding[]> {
  const all = Object.values((field(json, 'datasources') ?? {}) as Record<string, unknown>);
  const ours = all.filter((one) => field(one, 'type') === TYPE);
  if (!ours.some((one) => field(one, 'uid') === uid)) {
    const others = ours.map((one) => text(field(one, 'uid'))).join(', ');
    const remedy =
      others === ''
        ? 'provision it (`kymo provision`), or add a datasource Kymo'
        : `choose with --datasource; there is ${others}`;
    return [failed('datasource', `there is none of the type ${TYPE} with the uid ${uid}`, remedy)];
  }
  const proxy = `/api/datasources/proxy/uid/${encodeURIComponent(uid)}`;
  const { status, json: answer, text: said } = await grafana.get(`${proxy}/api/health`);
  const version = text(field(answer, 'version'));
  if (version === '') {
    const remedy =
      'mend its URL: it is the address of the exporter as the Grafana server reaches it';
    return [failed('datasource', `${uid} does not reach an exporter (${status}: ${said})`, remedy)];
  }
  return [
    ok('datasource', `${uid} reaches Kymo ${version}`),
    await stream(grafana, proxy, authorization),
    await caller(grafana, proxy),
  ];
}

async function stream(grafana: Peer, proxy: string, authorization: string): Promise<Finding> {
  const url = `${grafana.url.replace(/^http/, 'ws')}${proxy}/api/live`;
  const problem = await liveHandshake(url, authorization);
  if (problem === undefined) return ok('stream', 'a WebSocket passes through the datasource');
  const remedy =
    'let proxies before Grafana, and from it to the exporter, pass upgrades to WebSocket';
  return warning('stream', `no WebSocket passes, so panels poll: ${problem}`, remedy);
}

async function caller(grafana: Peer, proxy: string): Promise<Finding> {
  const answer = CallerAnswer.safeParse((await grafana.get(`${proxy}/api/caller`)).json);
  if (!answer.success) return warning('caller', 'unknown', 'bring the exporter to this version');
  const { name, role, mayWrite, reason } = answer.data;
  if (mayWrite) {
    return ok('caller', `known as ${name ?? 'this machine'}${role === null ? '' : ` (${role})`}`);
  }
  const remedy =
    'for acknowledging in Grafana, give both sides one secret (docs/security.md); Viewers may not in any case';
  return warning('caller', reason ?? 'changes are not taken', remedy);
}

/** Whether the channels that the exporter pushes arrive in its Grafanas. */
export async function checkPushes(exporter: Peer): Promise<Finding[]> {
  const { json } = await exporter.get('/api/live/channels');
  return list(field(json, 'grafanas')).map((one) => {
    const url = text(field(one, 'url'));
    const error = text(field(one, 'error'));
    if (error !== '') {
      const remedy = 'give the exporter a token of a service account with the role Editor';
      return failed('channels', `${url}: ${error}`, remedy);
    }
    const lag = field(one, 'lag');
    return typeof lag === 'number'
      ? ok('channels', `arrive at ${url}`)
      : warning('channels', `nothing has arrived at ${url} yet`, 'look again in some seconds');
  });
}
