import { readFileSync } from 'node:fs';
import { clockFindings, type Finding } from '@kymo/contract/findings';
import { systemClock } from '../lib/clock.js';
import { messageOf } from '../lib/errors.js';
import { textTable } from '../lib/text-table.js';
import { EXIT_FAILED, EXIT_FINE, UsageError, type Command, type Invocation } from './command.js';
import { checkExporter } from './doctor/exporter-checks.js';
import { checkGrafana, checkPushes } from './doctor/grafana-checks.js';
import { field, Peer, text } from './doctor/peer.js';
import { checkPrometheus } from './doctor/prometheus-checks.js';

const FLAGS = {
  '--exporter-url': 'The exporter; http://127.0.0.1:9797 by default.',
  '--grafana-url': 'Grafana, as it is reached from here. Without it, Grafana is not looked at.',
  '--prometheus-url': 'A Prometheus that should scrape the exporter.',
} as const;
type UrlFlag = keyof typeof FLAGS;

const DETAILS = [
  ...Object.entries(FLAGS).map(([flag, what]) => `  ${flag} <url>\n      ${what}`),
  '  --datasource <uid>\n      Uid of the datasource in Grafana; kymo by default.',
  '  --json\n      The findings as JSON.',
  '',
  "Grafana's plugin, datasource and streams need a login, from the environment:",
  '  KYMO_GRAFANA_TOKEN, KYMO_GRAFANA_TOKEN_FILE  token of a service account',
  '  KYMO_GRAFANA_USER                            user:password',
  '',
  'Nothing is changed anywhere. The exit code is 0 where nothing failed (warnings do not count), 1 where',
  'something did, 2 for wrong use.',
].join('\n');

interface DoctorArguments {
  readonly urls: ReadonlyMap<UrlFlag, string>;
  readonly datasource: string;
  readonly json: boolean;
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'Checks the way from the exporter to the panels, and says what to mend.',
  usage: [
    'kymo doctor [--exporter-url <url>] [--grafana-url <url>] [--prometheus-url <url>] [--json]',
  ],
  details: () => DETAILS,
  run: runDoctor,
};

async function runDoctor({ args, environment, print }: Invocation): Promise<number> {
  const given = readArguments(args);
  const findings = await examine(given, authorizationOf(environment));
  const failures = findings.filter(({ state }) => state === 'failed').length;
  print(given.json ? `${JSON.stringify({ findings })}\n` : report(findings));
  return failures === 0 ? EXIT_FINE : EXIT_FAILED;
}

async function examine(
  { urls, datasource }: DoctorArguments,
  authorization: string | undefined,
): Promise<Finding[]> {
  const exporter = new Peer(urls.get('--exporter-url') ?? 'http://127.0.0.1:9797', systemClock);
  const findings = await checkExporter(exporter);
  const prometheusUrl = urls.get('--prometheus-url');
  if (prometheusUrl !== undefined) {
    findings.push(...(await checkPrometheus(new Peer(prometheusUrl, systemClock))));
  }
  const grafanaUrl = urls.get('--grafana-url');
  if (grafanaUrl === undefined) return findings;
  const grafana = new Peer(
    grafanaUrl,
    systemClock,
    authorization === undefined ? {} : { authorization },
  );
  const exporterVersion = text(field((await exporter.get('/api/health')).json, 'version'));
  findings.push(
    ...(await checkGrafana(grafana, {
      datasource,
      ...(exporterVersion === '' ? {} : { exporterVersion }),
      ...(authorization === undefined ? {} : { authorization }),
    })),
    ...(await checkPushes(exporter)),
    ...clockFindings({ exporter: exporter.ahead, Grafana: grafana.ahead }),
  );
  return findings;
}

const WORDS = { ok: 'ok', warning: 'warning', failed: 'FAILED' } as const;

function report(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ check, state, detail, remedy }) => [
    [WORDS[state], check, detail],
    ...(remedy === undefined ? [] : [['', '', `> ${remedy}`]]),
  ]);
  const count = (state: Finding['state']): number =>
    findings.filter((finding) => finding.state === state).length;
  const [bad, odd] = [count('failed'), count('warning')];
  return `${textTable(['STATE', 'CHECK', 'FOUND'], rows)}\n${count('ok')} ok, ${odd} warnings, ${bad} failed\n`;
}

/** @throws UsageError */
function authorizationOf(environment: Invocation['environment']): string | undefined {
  const {
    KYMO_GRAFANA_TOKEN: token = '',
    KYMO_GRAFANA_TOKEN_FILE: file = '',
    KYMO_GRAFANA_USER: user = '',
  } = environment;
  if (user !== '') {
    if (!user.includes(':')) throw new UsageError('KYMO_GRAFANA_USER is to be user:password');
    return `Basic ${Buffer.from(user).toString('base64')}`;
  }
  if (token !== '') return `Bearer ${token}`;
  if (file === '') return undefined;
  try {
    return `Bearer ${readFileSync(file, 'utf8').trim()}`;
  } catch (thrown) {
    throw new UsageError(`KYMO_GRAFANA_TOKEN_FILE: ${messageOf(thrown)}`);
  }
}

/** @throws UsageError */
function readArguments(args: readonly string[]): DoctorArguments {
  const urls = new Map<UrlFlag, string>();
  let [datasource, json] = ['kymo', false];
  for (let i = 0; i < args.length; i++) {
    const [name, inline] = args[i].split(/=(.*)/s);
    if (name === '--json') json = true;
    else if (name === '--datasource') datasource = inline ?? args[++i] ?? '';
    else if (isUrlFlag(name)) urls.set(name, urlOf(name, inline ?? args[++i] ?? ''));
    else
      throw new UsageError(
        name.startsWith('-') ? `there is no flag ${name} here` : `"${name}" is not expected`,
      );
  }
  if (datasource === '') throw new UsageError('--datasource takes a uid');
  return { urls, datasource, json };
}

const isUrlFlag = (name: string): name is UrlFlag => Object.hasOwn(FLAGS, name);

function urlOf(flag: UrlFlag, given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UsageError(`${flag} takes a URL with http or https`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`${flag}: user and password belong into the environment (--help)`);
  }
  return given.replace(/\/+$/, '');
}
