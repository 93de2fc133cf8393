import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { exporterSettings } from '../../src/commands/settings.js';
import { configurationDocument } from '../../src/config/document.js';
import { routesDocument } from '../../src/http/route-table.js';

test.each([
  ['configuration.md', () => configurationDocument(exporterSettings('<hostname>').members)],
  ['http.md', routesDocument],
])('docs/%s is what the code generates; `npm run docs` writes it', async (name, generate) => {
  const file = fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));
  const options = await resolveConfig(file);
  expect(readFileSync(file, 'utf8')).toBe(
    await format(generate(), { ...options, parser: 'markdown' }),
  );
});
