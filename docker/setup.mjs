// The one-shot step of docker-compose.yml, in two calls:
//
//   setup.mjs secret   makes the secret that Grafana's datasource sends and the exporter knows
//   setup.mjs token    makes the token that the exporter pushes to Grafana Live with
//
// Both are files in KYMO_SECRETS, a folder that only those containers mount that need it. What is there
// stays, so that a second start changes nothing. Nothing secret is printed.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.env.KYMO_SECRETS ?? '/run/kymo';
const grafana = process.env.GRAFANA_URL ?? 'http://grafana:3000';
const user = process.env.GRAFANA_USER ?? 'admin';
const password = process.env.GRAFANA_PASSWORD ?? 'admin';

/** Writes a file whole or not at all; read by its owner and group. */
function keep(name, text) {
  const target = path.join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${target}.new`, text, { mode: 0o440 });
  renameSync(`${target}.new`, target);
  console.log(`${name} made`);
}

/** Asks Grafana's API as its administrator. */
async function ask(pathname, body) {
  const response = await fetch(grafana + pathname, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${pathname}: ${response.status} ${answer.message ?? ''}`);
  return answer;
}

/** A token of a service account with role Editor, the least that may push to Grafana Live. */
async function token() {
  const name = 'kymo-push';
  const { serviceAccounts } = await ask(`/api/serviceaccounts/search?query=${name}`);
  const account =
    serviceAccounts.find((candidate) => candidate.name === name) ??
    (await ask('/api/serviceaccounts', { name, role: 'Editor' }));
  // A token is shown once only: one whose file is lost is no use, and the new one needs another name.
  const { key } = await ask(`/api/serviceaccounts/${account.id}/tokens`, {
    name: `kymo ${new Date().toISOString()}`,
  });
  return key;
}

const steps = {
  secret: () => randomBytes(32).toString('hex'),
  token,
};

const [wanted] = process.argv.slice(2);
if (!Object.hasOwn(steps, wanted)) {
  console.error('Usage: setup.mjs secret|token');
  process.exit(2);
}
if (existsSync(path.join(folder, wanted))) console.log(`${wanted} is there`);
else keep(wanted, await steps[wanted]());
