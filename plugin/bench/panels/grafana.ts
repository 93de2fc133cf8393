import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, start, stop } from './processes.js';

/** A Grafana with our plugin and the datasource of the benchmarks, before an exporter at 10 Hz. */
export interface Stand {
  /** Saves a dashboard; the path of its page. */
  readonly save: (dashboard: Dashboard) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export interface Dashboard {
  readonly uid: string;
  readonly panels: readonly object[];
}

export const grafanaHome = process.env.GRAFANA_HOME;

/** Series of {@link SERIES}, each of which has another value at every tick. */
const COUNT = 100;
/** The name of the series that the exporter has; they tell apart by the label `n`. */
export const SERIES = 'bench_value';
/** Milliseconds that dashboards show. */
export const WINDOW = 60_000;

/** JSON is YAML. */
function write(file: string, content: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
}

function build(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

export async function startStand(): Promise<Stand> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-bench-'));
  const plugins = path.join(folder, 'plugins');
  mkdirSync(plugins);
  build('plugin/build.js');
  build('plugin/preview/harness/build-stream.js', path.join(plugins, 'kymo-bench-datasource'));
  symlinkSync(path.resolve('plugin/dist'), path.join(plugins, 'kymo-live-app'));
  const exporter = await startExporter(folder);
  const grafana = await startGrafana(folder, plugins, exporter.url);
  return {
    async save(dashboard) {
      const { uid } = dashboard;
      const answer = await fetch(`${grafana.url}/api/dashboards/db`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa('admin:admin')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ overwrite: true, dashboard: { ...dashboard, title: uid } }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return `${grafana.url}/d/${uid}?kiosk`;
    },
    async stop() {
      await stop(grafana.process);
      await stop(exporter.process);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startExporter(folder: string) {
  const rules = Array.from({ length: COUNT }, (_, n) => ({
    record: SERIES,
    expr: `100 + 40 * sin(vector(time()) / 2 + ${n})`,
    labels: { n: String(n) },
  }));
  write(path.join(folder, 'rules.yml'), { groups: [{ name: 'bench', rules }] });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await start({
    command: process.execPath,
    args: [path.resolve('exporter/dist/main.js'), 'start', '--listen.port', String(port)],
    env: {
      KYMO_DATA_DIR: path.join(folder, 'data'),
      KYMO_TICK: '100ms',
      KYMO_RULES: path.join(folder, 'rules.yml'),
    },
    folder,
    readyUrl: `${url}/-/ready`,
  });
  return { url, process: child };
}

async function startGrafana(folder: string, plugins: string, exporter: string) {
  if (grafanaHome === undefined) throw new Error('GRAFANA_HOME is not set');
  const provisioning = path.join(folder, 'provisioning');
  const common = { access: 'proxy', url: exporter };
  write(path.join(provisioning, 'datasources/bench.yaml'), {
    apiVersion: 1,
    datasources: [
      {
        ...{ ...common, name: 'Kymo', uid: 'kymo', type: 'kymo-live-datasource' },
        jsonData: { timeInterval: '100ms' },
      },
      { ...common, name: 'Bench', uid: 'bench', type: 'kymo-bench-datasource' },
    ],
  });
  write(path.join(provisioning, 'plugins/bench.yaml'), {
    apiVersion: 1,
    apps: [{ type: 'kymo-live-app', org_id: 1, disabled: false }],
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await start({
    command: path.join(grafanaHome, 'bin/grafana'),
    args: ['server', '--homepath', grafanaHome],
    env: {
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SERVER_HTTP_PORT: String(port),
      GF_PATHS_DATA: path.join(folder, 'grafana'),
      GF_PATHS_LOGS: path.join(folder, 'logs'),
      GF_PATHS_PLUGINS: plugins,
      GF_PATHS_PROVISIONING: provisioning,
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: pluginIds(plugins).join(','),
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_NEWS_NEWS_FEED_ENABLED: 'false',
      GF_SECURITY_DISABLE_GRAVATAR: 'true',
      GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    },
    folder,
    readyUrl: `${url}/api/health`,
  });
  return { url, process: child };
}

/** Ids of the plugins in a folder, with those nested in them. */
function pluginIds(folder: string): string[] {
  return readdirSync(folder).flatMap((plugin) =>
    readdirSync(path.join(folder, plugin), { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'plugin.json')
      .map((file) => readFileSync(path.join(folder, plugin, file), 'utf8'))
      .map((text) => (JSON.parse(text) as { id: string }).id),
  );
}
