// `npm run dashboards`: writes provisioning/dashboards from provisioning/src; with --check it fails where
// a file is out of date. The generator is compiled by `tsc -b`.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { dashboards } from '../.cache/provisioning/index.js';
import { root } from './prepare.mjs';

const folder = path.join(root, 'provisioning', 'dashboards');
const check = process.argv.includes('--check');
for (const [file, dashboard] of Object.entries(dashboards)) {
  const target = path.join(folder, file);
  const options = await resolveConfig(target);
  const text = await format(JSON.stringify(dashboard), { ...options, parser: 'json' });
  if (!check) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`provisioning/dashboards/${file} is out of date; run \`npm run dashboards\``);
    process.exitCode = 1;
  }
}
