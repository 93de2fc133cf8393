import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../lib/errors.js';
import { EXIT_FAILED, EXIT_FINE, UsageError, type Command, type Invocation } from './command.js';
import { provisioningFolder } from './provisioning-folder.js';

const FLAGS = {
  '--exporter-url': 'Where the Grafana server reaches the exporter; http://127.0.0.1:9797.',
  '--grafana-url': 'Where the exporter reaches Grafana, for kymo.yml; http://127.0.0.1:3000.',
  '--prometheus-url':
    'Where the Grafana server reaches the Prometheus that scrapes the exporter. Without it that ' +
    'datasource is left out, and alert rules ask the exporter itself.',
  '--alertmanager-url': 'The same of Alertmanager.',
  '--webhook-url':
    'Who is told of alerts. Only with it contact points and policies are written: policies that are ' +
    'provisioned replace those that the organisation has.',
} as const;
type Flag = keyof typeof FLAGS;

export const provision: Command = {
  name: 'provision',
  summary:
    'Writes provisioning files for an existing Grafana: datasources, dashboards, alert rules.',
  usage: ['kymo provision <dir> [--exporter-url <url>] [--grafana-url <url>] [--force]'],
  details: () =>
    [
      '<dir> is the provisioning folder of Grafana, such as /etc/grafana/provisioning. Files that are',
      'there with another content stay as they are, unless --force is given.',
      '',
      ...Object.entries(FLAGS).map(([flag, text]) => `  ${flag} <url>\n      ${text}`),
    ].join('\n'),
  run: (invocation) => Promise.resolve(runProvision(invocation)),
};

interface Wanted {
  readonly dir: string;
  readonly force: boolean;
  readonly urls: ReadonlyMap<Flag, string>;
}

function runProvision({ args, print, complain }: Invocation): number {
  const wanted = readArguments(args);
  const files = filesFor(wanted);
  const differ = [...files].filter(([file, text]) => {
    const target = path.join(wanted.dir, file);
    return existsSync(target) && readFileSync(target, 'utf8') !== text;
  });
  if (differ.length > 0 && !wanted.force) {
    for (const [file] of differ)
      complain(`kymo: ${path.join(wanted.dir, file)} is there already\n`);
    complain('Nothing was written. Give --force to replace these files.\n');
    return EXIT_FAILED;
  }
  try {
    for (const [file, text] of files) {
      const target = path.join(wanted.dir, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  } catch (thrown) {
    complain(`kymo: ${messageOf(thrown)}\n`);
    return EXIT_FAILED;
  }
  print(`${files.size} files written to ${wanted.dir}.\n${nextSteps(wanted)}`);
  return EXIT_FINE;
}

function readArguments(args: readonly string[]): Wanted {
  const urls = new Map<Flag, string>();
  const rest: string[] = [];
  let force = false;
  for (let index = 0; index < args.length; index += 1) {
    const [name, inline] = args[index].split(/=(.*)/s);
    if (name === '--force') force = true;
    else if (isFlag(name)) urls.set(name, urlOf(name, inline ?? args[(index += 1)]));
    else if (name.startsWith('-')) throw new UsageError(`there is no flag ${name} here`);
    else rest.push(args[index]);
  }
  const [dir, unexpected] = rest;
  if (dir === undefined) throw new UsageError('no folder to write to; give one');
  if (unexpected !== undefined) throw new UsageError(`"${unexpected}" is not expected`);
  return { dir: path.resolve(dir), force, urls };
}

const isFlag = (name: string): name is Flag => Object.hasOwn(FLAGS, name);

function urlOf(flag: Flag, text: string | undefined): string {
  const url = text === undefined || !URL.canParse(text) ? undefined : new URL(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UsageError(`${flag} takes a URL with http or https`);
  }
  return text!.replace(/\/+$/, '');
}

/** Whom alert rules ask where there is no Prometheus. */
const OF_THE_EXPORTER = ['datasourceUid: kymo-prometheus', 'datasourceUid: kymo-exporter'] as const;

/** What is written, by path below the folder. */
function filesFor({ dir, urls }: Wanted): Map<string, string> {
  const routed = urls.has('--webhook-url');
  const replacements: readonly (readonly [string, string])[] = [
    ...(urls.has('--prometheus-url') ? [] : [OF_THE_EXPORTER]),
    ['$KYMO_URL', urls.get('--exporter-url') ?? 'http://127.0.0.1:9797'],
    ['$PROMETHEUS_URL', urls.get('--prometheus-url') ?? ''],
    ['$ALERTMANAGER_URL', urls.get('--alertmanager-url') ?? ''],
    ['$KYMO_ALERT_WEBHOOK', urls.get('--webhook-url') ?? ''],
    ['$GF_PATHS_PROVISIONING/dashboards', path.join(dir, 'dashboards', 'kymo')],
    // Grafana starts with one default only, and may have one.
    ['isDefault: true', 'isDefault: false'],
  ];
  const files = new Map<string, string>();
  for (const folder of ['datasources', 'plugins', 'dashboards', 'alerting']) {
    for (const name of readdirSync(path.join(provisioningFolder, folder))) {
      const file = path.join(folder, name);
      if (folder === 'alerting' && name !== 'rules.yaml' && !routed) continue;
      const source = readFileSync(path.join(provisioningFolder, file), 'utf8');
      // The heading is on variables that are replaced here.
      const text = folder === 'datasources' ? source.replace(/^(#.*\n)+/, '') : source;
      // Queries of dashboards have variables of their own.
      const replaced = name.endsWith('.json') ? text : replaceAll(text, replacements);
      files.set(ours(file), name === 'kymo.yaml' ? withoutEmpty(replaced) : replaced);
    }
  }
  return files;
}

/** A place that says whose a file is, among those of others. */
function ours(file: string): string {
  const { dir, base, name, ext } = path.parse(file);
  if (ext === '.json') return path.join(dir, 'kymo', base);
  return name === 'kymo' ? file : path.join(dir, `kymo-${base}`);
}

function replaceAll(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((known, [from, to]) => known.replaceAll(from, to), text);
}

/** Datasources that got no address are left out; an empty line is before each. */
function withoutEmpty(text: string): string {
  const entries = text.split(/\n(?=\n {2}\S)/);
  const kept = entries.filter((entry) => !/\n {4}url: *(\n|$)/.test(entry)).join('\n');
  return `${kept.trimEnd()}\n`;
}

function nextSteps({ urls }: Wanted): string {
  return `
1. Put the plugin into Grafana's plugin folder as kymo-live-app.
2. Make a secret (openssl rand -hex 32), and give it to both sides: KYMO_SECRET in the environment of
   Grafana, and in kymo.yml of the exporter

     grafana:
       - url: ${urls.get('--grafana-url') ?? 'http://127.0.0.1:3000'}
         secret_file: kymo-secret

3. Start Grafana again. \`kymo doctor\` checks the way from the exporter to the panels.
`;
}
