// `npm run grafana`: runs the Grafana of GRAFANA_HOME with the plugin and the provisioning of this
// repository beside `kymo demo`, and Prometheus where it is installed. Ctrl-C ends all of it.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildBeside, prepareInstalled, root } from './prepare.mjs';

const home = process.env.GRAFANA_HOME;
const program = home === undefined ? '' : path.join(home, 'bin', 'grafana');
if (!existsSync(program)) {
  console.error(
    'Set GRAFANA_HOME to the folder of a Grafana (12.3 or later) with bin/grafana, conf/ and public/:',
  );
  console.error('  GRAFANA_HOME=/usr/share/grafana npm run grafana');
  console.error('Without one, `docker compose up` runs the same with images.');
  process.exit(2);
}

const begin = Date.now();
prepareInstalled();
const building = buildBeside();

const folder = mkdtempSync(path.join(tmpdir(), 'kymo-grafana-'));
const children = [];
let ending = false;

/** Runs a program until the end of this one; its words go into a file of the folder. */
function run(name, command, args, env = {}) {
  if (ending) return;
  const child = spawn(command, args, {
    cwd: folder,
    // In a group of its own: Ctrl-C is for this process, which ends the others in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let last = '';
  const keep = (chunk) => {
    last = (last + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(`exit code ${code ?? signal}`));
  });
  children.push({ name, child, ended });
  void ended.then((how) => {
    if (ending) return;
    console.error(`${name} has ended (${how}). Its last words:\n${last}`);
    void end(1);
  });
}

async function end(code) {
  if (ending) return;
  ending = true;
  receiver.close();
  for (const { child, ended } of children.reverse()) {
    const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    clearTimeout(patience);
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end(0));

/** The app and the plugins nested in it. */
function pluginIds() {
  const dist = path.join(root, 'plugin/dist');
  return readdirSync(dist, { recursive: true })
    .filter((file) => path.basename(file) === 'plugin.json')
    .map((file) => JSON.parse(readFileSync(path.join(dist, file), 'utf8')).id);
}

/** The wanted port of 127.0.0.1, or a free one where something else listens on it. */
function portOr(wanted) {
  const listens = (port) =>
    new Promise((resolve) => {
      const server = net.createServer();
      server.on('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => {
        const { port: got } = server.address();
        server.close(() => resolve(got));
      });
    });
  return listens(wanted).then((port) => port ?? listens(0));
}

async function answers(url, seconds = 120) {
  for (const last = Date.now() + seconds * 1000; Date.now() < last;) {
    const fine = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (fine || ending) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  console.error(`${url} does not answer.`);
  await end(1);
}

/** Prints what Grafana's contact point tells: the receiver of alerts that a real one would be. */
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk.toString()));
  request.on('end', () => {
    response.end();
    const { title = body } = parse(body);
    console.log(`  alert  ${new Date().toISOString().slice(11, 19)}  ${title}`);
  });
});

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const listening = new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
await listening;
const webhook = `http://127.0.0.1:${receiver.address().port}/`;

// What the exporter knows this Grafana by, so that Editors acknowledge alerts in dashboards.
const secret = randomBytes(32).toString('hex');
const grafanaPort = await portOr(3000);
const grafana = `http://127.0.0.1:${grafanaPort}`;
const kymoPort = await portOr(9797);
const kymo = `http://127.0.0.1:${kymoPort}`;
const found = spawnSync('prometheus', ['--version']).status === 0;
const prometheusPort = await portOr(9090);
const prometheus = `http://127.0.0.1:${prometheusPort}`;
if (found) {
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [
      { job_name: 'kymo', static_configs: [{ targets: [`127.0.0.1:${kymoPort}`] }] },
    ],
  };
  // JSON is YAML.
  writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config));
  run('prometheus', 'prometheus', [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=prometheus',
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
  ]);
}

const flags = process.argv.slice(2);
/** Files of the exporter that outlive this run, where they are asked for. */
const isKept = flags.some((flag) => /^--data[-_.]dir(=|$)/.test(flag));

async function startKymo() {
  await building.exporter;
  run(
    'kymo',
    process.execPath,
    [
      path.join(root, 'exporter/dist/main.js'),
      'demo',
      `--listen.port=${kymoPort}`,
      ...(isKept ? [] : [`--data_dir=${path.join(folder, 'kymo')}`]),
      ...flags,
    ],
    { KYMO_GRAFANA_URL: grafana, KYMO_GRAFANA_SECRET: secret, KYMO_GRAFANA_ISSUER: `${grafana}/` },
  );
  await answers(`${kymo}/-/ready`);
}

async function startGrafana() {
  await building.plugin;
  const plugins = path.join(folder, 'plugins');
  mkdirSync(plugins);
  symlinkSync(path.join(root, 'plugin/dist'), path.join(plugins, 'kymo-live-app'));
  run('grafana', program, ['server', '--homepath', home], {
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(grafanaPort),
    GF_SERVER_ROOT_URL: `${grafana}/`,
    GF_PATHS_DATA: path.join(folder, 'grafana'),
    GF_PATHS_LOGS: path.join(folder, 'grafana-logs'),
    GF_PATHS_PLUGINS: plugins,
    GF_PATHS_PROVISIONING: path.join(root, 'provisioning'),
    GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: pluginIds().join(','),
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    GF_SECURITY_DISABLE_GRAVATAR: 'true',
    GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    KYMO_URL: kymo,
    // Alert rules ask Prometheus; the exporter answers the same.
    PROMETHEUS_URL: found ? prometheus : kymo,
    ALERTMANAGER_URL: process.env.ALERTMANAGER_URL ?? '',
    KYMO_ALERT_WEBHOOK: webhook,
    KYMO_SECRET: secret,
  });
  await answers(`${grafana}/api/health`);
}

try {
  await Promise.all([startKymo(), startGrafana()]);
} catch (error) {
  console.error(error.message);
  await end(1);
}

if (!ending) {
  console.log(`
Grafana runs with Kymo, ${((Date.now() - begin) / 1000).toFixed(0)} s after the start.

  ${grafana}/d/kymo-live-overview  (user admin, password admin)

  exporter    ${kymo}
  Prometheus  ${found ? prometheus : 'not installed; the exporter answers in its place'}
  files       ${folder}

What Grafana's alerting tells its webhook is printed here. Ctrl-C ends all of it.
`);
}
