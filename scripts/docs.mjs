// `npm run docs`: writes the generated documents; with --check it fails where one is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { exporterSettings } from '../exporter/dist/commands/settings.js';
import { configurationDocument } from '../exporter/dist/config/document.js';
import { openApiDocument } from '../exporter/dist/http/openapi.js';
import { routesDocument } from '../exporter/dist/http/route-table.js';
import { version } from '../exporter/dist/lib/version.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const documents = [
  {
    file: 'docs/configuration.md',
    text: () => configurationDocument(exporterSettings('<hostname>').members),
  },
  { file: 'docs/http.md', text: routesDocument },
  { file: 'docs/openapi.json', text: () => JSON.stringify(openApiDocument(version)) },
];

const check = process.argv.includes('--check');
for (const { file, text } of documents) {
  const target = path.join(root, file);
  const options = await resolveConfig(target);
  const generated = await format(text(), {
    ...options,
    parser: path.extname(file) === '.json' ? 'json' : 'markdown',
  });
  if (!check) writeFileSync(target, generated);
  else if (readFileSync(target, 'utf8') !== generated) {
    console.error(`${file} is out of date; run \`npm run docs\``);
    process.exitCode = 1;
  }
}
