import { Health, Stats } from '@kymo/contract';
import { version } from '../../lib/version.js';
import { failed, ok, warning, type Finding } from './finding.js';
import { field, list, text, type Peer } from './peer.js';

/** What the exporter says of itself. */
export async function checkExporter(exporter: Peer): Promise<Finding[]> {
  const reply = await exporter.get('/api/health');
  const health = Health.safeParse(reply.json);
  if (!health.success) {
    const detail =
      reply.status === 0
        ? `${exporter.url} does not answer: ${reply.text}`
        : `${exporter.url} answers, but not as a Kymo exporter (status ${reply.status})`;
    const remedy = 'start it (`kymo start`), or say where it is with --exporter-url';
    return [failed('exporter', detail, remedy)];
  }
  const { data } = health;
  return [
    ok('exporter', `Kymo ${data.version} at ${exporter.url}`),
    versionOf(data),
    await readiness(exporter),
    ...sources(data),
    await history(exporter, data),
    await rules(exporter),
  ];
}

function versionOf({ version: running }: Health): Finding {
  if (running === version) return ok('version', `the same as that of this command`);
  return warning(
    'version',
    `the exporter is ${running}, this command ${version}`,
    'bring both to one version; checks may be wrong about the other',
  );
}

async function readiness(exporter: Peer): Promise<Finding> {
  const { status, text: said } = await exporter.get('/-/ready');
  if (status === 200) return ok('ready', 'it takes requests');
  return failed('ready', said, 'wait until it is; its log says how far it is');
}

function sources({ sources: all }: Health): Finding[] {
  const bad = all.filter(({ status }) => status === 'failed');
  if (bad.length === 0) return [ok('sources', `${all.length} collect`)];
  return bad.map(({ name, error = 'it failed' }) =>
    warning(
      'sources',
      `${name}: ${error}`,
      `mend what it says, or switch it off: sources.${name}.enabled: false`,
    ),
  );
}

async function history(exporter: Peer, { history: trouble }: Health): Promise<Finding> {
  if (trouble !== undefined) {
    return failed('history', trouble.error, 'make data_dir writable, with space left on its disk');
  }
  const stats = Stats.safeParse((await exporter.get('/api/stats')).json);
  if (!stats.success) return warning('history', 'unknown', 'look at /api/stats of the exporter');
  const kept = stats.data.history;
  if (kept === undefined) {
    return warning('history', 'nothing is kept over a restart', 'set data_dir to a folder');
  }
  if (kept.dropped > 0) {
    const detail = `${kept.dropped} samples were not kept since the start`;
    return warning('history', detail, 'give the disk of data_dir more room');
  }
  return ok('history', `is written; ${(kept.bytes / 2 ** 20).toFixed(1)} MiB`);
}

async function rules(exporter: Peer): Promise<Finding> {
  const { json } = await exporter.get('/api/v1/rules');
  const all = list(field(json, 'data', 'groups')).flatMap((group) => list(field(group, 'rules')));
  const bad = all.filter((rule) => field(rule, 'health') === 'err');
  if (bad.length === 0) return ok('rules', `${all.length} are evaluated`);
  const [first] = bad;
  const more = bad.length === 1 ? '' : `, and ${bad.length - 1} more`;
  return warning(
    'rules',
    `${text(field(first, 'name'), 'a rule')} fails: ${text(field(first, 'lastError'), 'unknown')}${more}`,
    'mend the expression; `kymo check rules <file>` checks files',
  );
}
