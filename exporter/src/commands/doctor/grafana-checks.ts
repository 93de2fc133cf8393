import { CallerAnswer } from '@kymo/contract';
import {
  callerFinding,
  datasourceFails,
  datasourceReaches,
  failed,
  grafanaFinding,
  liveFinding,
  pluginFinding,
  pushFindings,
  streamFinding,
  warning,
  type Finding,
} from '@kymo/contract/findings';
import { liveHandshake } from './live-handshake.js';
import { field, list, text, type Peer, type Reply } from './peer.js';

const APP = 'kymo-live-app';
const TYPE = 'kymo-live-datasource';

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
  const found = [grafanaFinding(grafana.url, version)];
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
    liveFinding(field(settings.json, 'liveEnabled') !== false),
    ...(await datasource(grafana, settings, wish)),
  ];
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
  return pluginFinding(version, wanted);
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
  if (version === '') return [datasourceFails(uid, status, said)];
  const live = `${grafana.url.replace(/^http/, 'ws')}${proxy}/api/live`;
  return [
    datasourceReaches(uid, version),
    streamFinding(await liveHandshake(live, authorization)),
    callerFinding(CallerAnswer.safeParse((await grafana.get(`${proxy}/api/caller`)).json).data),
  ];
}

/** Whether the channels that the exporter pushes arrive in its Grafanas. */
export async function checkPushes(exporter: Peer): Promise<Finding[]> {
  const { json } = await exporter.get('/api/live/channels');
  return pushFindings(
    list(field(json, 'grafanas')).map((one) => {
      const lag = field(one, 'lag');
      return {
        url: text(field(one, 'url')),
        lag: typeof lag === 'number' ? lag : null,
        error: text(field(one, 'error')) || null,
      };
    }),
  );
}
