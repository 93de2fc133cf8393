import { Health, Stats } from '@kymo/contract';
import {
  failed,
  historyFinding,
  ok,
  ruleFinding,
  sourceFindings,
  warning,
  type Finding,
} from '@kymo/contract/findings';
import { version } from '../../lib/version.js';
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
  const ready = await readiness(exporter);
  const stats = Stats.safeParse((await exporter.get('/api/stats')).json);
  return [
    ok('exporter', `Kymo ${data.version} at ${exporter.url}`),
    versionOf(data),
    ready,
    ...sourceFindings(data),
    historyFinding(data, stats.data),
    await rules(exporter, data),
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

async function rules(exporter: Peer, health: Health): Promise<Finding> {
  const { json } = await exporter.get('/api/v1/rules');
  const all = list(field(json, 'data', 'groups')).flatMap((group) => list(field(group, 'rules')));
  return ruleFinding(
    all.map((rule) => ({
      name: text(field(rule, 'name')),
      health: text(field(rule, 'health')),
      lastError: text(field(rule, 'lastError')),
    })),
    health,
  );
}
