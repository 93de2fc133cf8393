// Bundles the preview's parts for tests and benchmarks, with the React 18 that Grafana 12 has or the
// React 19 that Grafana 13 has.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import webpack from 'webpack';
import preview from '../webpack.config.js';

const folder = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(folder, '../../..');
/** Workspaces that have each React. */
const homes = { 18: 'plugin', 19: 'e2e' };

/** Everything that a bundle is made of. */
function sources() {
  const hash = createHash('sha256').update(readFileSync(path.join(root, 'package-lock.json')));
  for (const part of ['exporter/contract/src', 'plugin/src', 'plugin/preview']) {
    const files = readdirSync(path.join(root, part), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function configOf(react, target) {
  const { resolve } = createRequire(path.join(root, homes[react], 'package.json'));
  const of = (name) => path.dirname(resolve(`${name}/package.json`));
  return {
    ...preview,
    context: folder,
    entry: { main: './main.tsx' },
    // As users get it, but that names are kept: of what is slow, one wants to know what it is.
    optimization: { minimize: false },
    output: { path: target, filename: '[name].js', publicPath: '', clean: true },
    resolve: {
      ...preview.resolve,
      alias: { ...preview.resolve.alias, react: of('react'), 'react-dom': of('react-dom') },
    },
  };
}

/**
 * Makes `.cache/harness/<react>/index.html` where it is stale, and answers its folder.
 * @param {18 | 19} react
 */
async function buildHarness(react) {
  const target = path.join(root, '.cache/harness', String(react));
  const stamp = path.join(target, '.sources');
  const wanted = sources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const stats = await new Promise((done, failed) => {
    webpack(configOf(react, target), (error, result) => (error ? failed(error) : done(result)));
  });
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  const page =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Kymo</title>' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<link rel="icon" href="data:,"><script defer src="main.js"></script></head>' +
    '<body><div id="root"></div></body></html>';
  writeFileSync(path.join(target, 'index.html'), page);
  writeFileSync(stamp, wanted);
}

await buildHarness(Number(process.argv[2] ?? 18));
